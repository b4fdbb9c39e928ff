//! Registries that ask who is there, over TLS and without: a server of a few lines stands for the
//! proxy that such registries have in front of them.
//!
//! `tls/` has a certificate for localhost, its key, and the authority that signed it, made with
//! `openssl req -x509` and `openssl x509 -req` for these tests alone, good for a hundred years.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::client::access::Access;
use crate::client::{Client, Error};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/tls");

/// What the server lets in: `ann` with her password, or the token.
const LET_IN: [&str; 2] = ["Basic YW5uOnMzY3JldA==", "Bearer abc.def"];

/// Starts a server and gives its port. It answers each connection once.
fn serve(tls: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("has a port");
    let port = listener.local_addr().expect("has one").port();
    let config = tls.then(|| Arc::new(server_config()));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that trusts nobody hangs up.
            let _ = match &config {
                Some(config) => {
                    let connection = ServerConnection::new(config.clone()).expect("is right");
                    answer(StreamOwned::new(connection, stream))
                }
                None => answer(stream),
            };
        }
    });
    port
}

fn server_config() -> ServerConfig {
    let file = |name| Path::new(FOLDER).join(name);
    let certificate = CertificateDer::from_pem_file(file("server.pem")).expect("is PEM");
    let key = PrivateKeyDer::from_pem_file(file("server.key.pem")).expect("is PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("are there");
    let config = config.with_no_client_auth();
    let config = config.with_single_cert(vec![certificate], key);
    config.expect("belong together")
}

fn answer(stream: impl Read + Write) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut let_in = false;
    let mut line = String::new();
    while stream.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let_in |= name.eq_ignore_ascii_case("authorization") && LET_IN.contains(&value.trim());
        line.clear();
    }
    let (status, body) = if let_in {
        ("200 OK", "[\"orders\"]")
    } else {
        ("401 Unauthorized", "<html>who is there?</html>")
    };
    let length = body.len();
    let stream = stream.get_mut();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}

fn bearer(certificates: Option<&str>) -> Access {
    Access {
        bearer_token: Some("abc.def".to_owned()),
        certificates: certificates.map(|name| Path::new(FOLDER).join(name)),
        ..Access::default()
    }
}

fn ask(url: &str, access: &Access) -> Result<Vec<String>, Error> {
    Client::with(url, access)?.subjects()
}

#[test]
fn a_registry_lets_in_who_says_so_in_the_url_or_in_the_environment() {
    let port = serve(false);
    let nobody = Access::default();
    let basic = Access {
        basic_auth: Some("ann:s3cret".to_owned()),
        ..Access::default()
    };
    let (plain, with) = (
        format!("http://localhost:{port}"),
        format!("http://ann:s3cret@localhost:{port}"),
    );
    for (url, access) in [(&with, &nobody), (&plain, &basic), (&plain, &bearer(None))] {
        assert_eq!(ask(url, access).expect("is let in"), ["orders"], "{url}");
    }
    let wrong = format!("http://ann:wrong@localhost:{port}");
    for (url, access) in [(&plain, &nobody), (&wrong, &basic)] {
        let refused = ask(url, access).expect_err("is not let in");
        let (told, help) = (refused.to_string(), refused.help().unwrap_or_default());
        assert!(told.contains("status 401"), "{told}");
        assert!(!told.contains("wrong"), "{told}");
        assert!(help.contains("SCHEMACTL_BEARER_TOKEN=TOKEN"), "{help}");
    }
}

#[test]
fn a_certificate_of_an_own_authority_is_trusted_where_it_is_said() {
    let port = serve(true);
    let url = format!("https://localhost:{port}");
    let let_in = ask(&url, &bearer(Some("ca.pem"))).expect("is trusted");
    assert_eq!(let_in, ["orders"]);
    let refused = ask(&url, &bearer(None)).expect_err("is not trusted");
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
    // Its name counts as well.
    let url = format!("https://127.0.0.2:{port}");
    assert!(ask(&url, &bearer(Some("ca.pem"))).is_err());
}
