import java.nio.file.Path;
import java.util.List;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.ingest.common.IngestCommonPlugin;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/** One OpenSearch on loopback, with the modules that pipelines and scripts need: {@code java Node.java DIRECTORY PORT}, until it is ended. */
public class Node extends org.opensearch.node.Node {
    private Node(Settings settings) {
        super(new Environment(settings, null),
            List.of(Netty4Plugin.class, PainlessPlugin.class, IngestCommonPlugin.class), false);
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Settings settings = Settings.builder()
            .put("path.home", home).put("path.data", home.resolve("data"))
            .put("cluster.name", "queries").put("node.name", "queries").put("discovery.type", "single-node")
            .put("http.type", "netty4").put("transport.type", "netty4").put("network.host", "127.0.0.1")
            .put("http.port", args[1]).put("transport.port", "0").put("node.processors", 1)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        Node node = new Node(settings);
        node.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try { node.close(); } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
        }));
        Thread.currentThread().join();
    }
}
