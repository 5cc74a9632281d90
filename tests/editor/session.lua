-- A session of Neovim with the server that docs/editors.md starts: findings, what is under the cursor, a fix, a decision. What
-- it saw goes to the file that KLOGMOD_SEEN names, as JSON.

local seen = {}

local function wait(what)
  assert(vim.wait(20000, what, 20), "nothing came")
end

local function ours()
  return vim.tbl_filter(function(one) return one.source == "klogmod" end, vim.diagnostic.get(0))
end

local function at(line)
  vim.api.nvim_win_set_cursor(0, { line, 2 })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = {} }
  return params
end

local function ask(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 20000)) do
    assert(not answer.error, vim.inspect(answer.error))
    return answer.result
  end
end

local function choose(line, title)
  for _, action in ipairs(ask("textDocument/codeAction", at(line))) do
    if vim.startswith(action.title, title) then return action end
  end
  error("there is no " .. title)
end

local ok, failed = pcall(function()
  vim.cmd("edit a.go")
  vim.bo.filetype = "go"
  wait(function() return #ours() == 2 end)
  seen.findings = vim.tbl_map(function(one) return { one.lnum, one.col, one.message } end, ours())
  at(6)
  seen.hover = ask("textDocument/hover", vim.lsp.util.make_position_params()).contents.value

  -- Typed, not saved.
  vim.api.nvim_buf_set_lines(0, 9, 9, false, { "", "func h(n int) {", '\tklog.Warningf("Late by %d", n)', "}" })
  wait(function() return #ours() == 3 end)

  local rewrite = choose(6, "Rewrite: ")
  vim.lsp.util.apply_workspace_edit(rewrite.edit, "utf-16")
  wait(function() return #ours() == 2 end)
  seen.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") .. "\n"

  ask("workspace/executeCommand", choose(7, "Reject this proposal").command)
  wait(function() return #ours() == 1 end)
end)
seen.failed = not ok and tostring(failed) or nil
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.KLOGMOD_SEEN)
vim.cmd("qall!")
