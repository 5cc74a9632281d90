//! Files and declarations.

use super::super::lex::Tok;
use super::reader::{Reader, Sure};

impl Reader<'_> {
    /// A whole file.
    pub(super) fn file(&mut self) -> Sure {
        self.expect(Tok::Package)?;
        self.expect(Tok::Ident)?;
        self.expect(Tok::Semi)?;
        while self.tok() == Tok::Import {
            self.imports()?;
            self.expect(Tok::Semi)?;
        }
        while self.tok() != Tok::Eof {
            match self.tok() {
                Tok::Func => self.function()?,
                _ => self.declaration()?,
            }
            self.expect(Tok::Semi)?;
        }
        Some(())
    }

    fn imports(&mut self) -> Sure {
        self.advance();
        if self.eat(Tok::LParen) { self.lined(Tok::RParen, Self::import) } else { self.import() }
    }

    fn import(&mut self) -> Sure {
        if matches!(self.tok(), Tok::Ident | Tok::Dot) {
            self.advance();
        }
        self.expect(Tok::Str)
    }

    /// Constants, variables or types.
    pub(super) fn declaration(&mut self) -> Sure {
        match self.tok() {
            Tok::Const => self.values(Self::constants),
            Tok::Var => self.values(Self::variables),
            Tok::Type => {
                self.advance();
                if self.eat(Tok::LParen) { self.lined(Tok::RParen, Self::type_spec) } else { self.type_spec() }
            }
            _ => None,
        }
    }

    fn values(&mut self, spec: fn(&mut Self) -> Sure) -> Sure {
        self.advance();
        if !self.eat(Tok::LParen) {
            return spec(self);
        }
        if self.is_wide {
            return self.lined(Tok::RParen, spec);
        }
        // The grammar wants the last one to end as well.
        while self.tok() != Tok::RParen {
            spec(self)?;
            self.expect(Tok::Semi)?;
        }
        self.expect(Tok::RParen)
    }

    pub(super) fn names(&mut self) -> Sure {
        self.expect(Tok::Ident)?;
        while self.eat(Tok::Comma) {
            self.expect(Tok::Ident)?;
        }
        Some(())
    }

    fn constants(&mut self) -> Sure {
        self.names()?;
        if matches!(self.tok(), Tok::Semi | Tok::RParen) {
            return Some(());
        }
        if self.tok() != Tok::Assign {
            self.ty()?;
            if self.is_wide && self.tok() != Tok::Assign {
                return Some(());
            }
        }
        self.expect(Tok::Assign)?;
        self.values_list()
    }

    fn variables(&mut self) -> Sure {
        self.names()?;
        if self.tok() != Tok::Assign {
            self.ty()?;
        }
        if self.eat(Tok::Assign) { self.values_list() } else { Some(()) }
    }

    fn type_spec(&mut self) -> Sure {
        self.expect(Tok::Ident)?;
        if self.tok() == Tok::LBrack && self.has_type_params() || self.is_wide && self.has_odd_type_params() {
            self.type_params()?;
        }
        self.eat(Tok::Assign);
        self.ty()
    }

    /// `[P *T]`, which may be an array's length, is taken for type parameters where those can be read.
    fn has_odd_type_params(&self) -> bool {
        self.tok() == Tok::LBrack && self.next_toks() == [Tok::Ident, Tok::Star] && {
            let mut ahead = self.ahead();
            ahead.type_params().is_some() && ahead.starts_type()
        }
    }

    /// Whether the bracket behind a type's name opens type parameters for sure.
    fn has_type_params(&self) -> bool {
        use Tok::*;
        let [first, second] = self.next_toks();
        first == Ident && matches!(second, Ident | Comma | Interface | Tilde | LBrack | Map | Chan | Func)
    }

    fn function(&mut self) -> Sure {
        self.advance();
        let is_method = self.tok() == Tok::LParen;
        if is_method {
            self.params()?;
        }
        self.expect(Tok::Ident)?;
        if !is_method && self.tok() == Tok::LBrack {
            self.type_params()?;
        }
        self.signature()?;
        if self.tok() == Tok::LBrace { self.block() } else { Some(()) }
    }
}
