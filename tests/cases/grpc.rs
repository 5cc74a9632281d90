//! A driver and its client over gRPC: what klogmod writes into them carries one ID from the client's log to the driver's.
//!
//! All of it needs Go, and gRPC's module.

use libtest_mimic::Trial;

use crate::common::checkout::Checkout;
use crate::common::txtar::Archive;
use crate::common::{go, repository};
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            one_id_is_in_the_logs_of_client_and_driver
            what_is_wired_is_formatted_and_stays;
    }
}

/// The driver as it is, under git.
fn driver() -> Checkout {
    let archive = Archive::load(&repository().join("fixtures/runtime/grpc/driver.txtar"));
    let checkout = Checkout::new();
    for (name, text) in &archive.files {
        checkout.write(name, text);
    }
    checkout
}

fn one_id_is_in_the_logs_of_client_and_driver() {
    let checkout = driver();
    checkout.run(["apply", "--allow-no-vcs", "--display-only"]).expect(0);
    let go = go::go().expect("there is a go");
    for args in [&["vet", "./..."][..], &["test", "-race", "-count=1", "./..."][..]] {
        go::check(go::command(&go, checkout.path(), args), "the driver").unwrap();
    }
}

fn what_is_wired_is_formatted_and_stays() {
    let checkout = driver();
    checkout.run(["apply", "--allow-no-vcs", "--display-only"]).expect(0);
    let server = String::from_utf8(checkout.read("node/server.go")).unwrap();
    let options = "\
\ts := grpc.NewServer(requestid.ServerOptions(
\t\tgrpc.UnaryInterceptor(requestid.UnaryServer(logCall)),
\t\tgrpc.MaxRecvMsgSize(1<<20),
\t\tgrpc.StreamInterceptor(requestid.StreamServer(logStream)),
\t)...)
";
    assert!(server.contains(options), "{server}");
    let client = String::from_utf8(checkout.read("client/client.go")).unwrap();
    let options = "\
\treturn grpc.NewClient(
\t\t\"unix://\"+socket,
\t\trequestid.DialOptions(
\t\t\tgrpc.WithTransportCredentials(insecure.NewCredentials()),
\t\t\tgrpc.WithDisableRetry(),
\t\t)...,
\t)
";
    assert!(client.contains(options), "{client}");
    let again = checkout.run(["runtime", "--wire"]).expect(0);
    assert!(!again.stdout.contains("grpc."), "{}", again.stdout);
}
