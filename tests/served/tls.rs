//! A server that speaks TLS itself.

use crate::house::{House, ROOM, Told, desk, request};
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

/// A server whose certificate its own machine made, and that certificate.
fn house() -> (House, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let desk = desk();
    desk.write("chain.pem", made.cert.pem());
    desk.write("key.pem", made.signing_key.serialize_pem());
    let arguments = ["--import", "launchroom.toml", "--tls-cert", "chain.pem", "--tls-key", "key.pem"];
    (House::with(desk, &arguments), made.cert.der().clone())
}

/// One request over TLS of these versions, or why not.
fn ask(
    house: &House,
    trusted: &CertificateDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    said: &str,
) -> std::io::Result<(Told, rustls::ProtocolVersion)> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tls = rustls::ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut tcp = house.connect();
    let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
    stream.write_all(said.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok((Told::of(&bytes), tls.protocol_version().unwrap()))
}

#[test]
fn tls_is_spoken_in_its_two_good_versions_and_in_no_other() {
    let (house, trusted) = house();
    let token = house.token("viewer");
    let said = request("GET", ROOM, &token, "", "");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (told, spoken) = ask(&house, &trusted, &[version], &said).unwrap();
        assert_eq!((told.status, spoken), (200, version.version), "{told:?}");
    }
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    assert!(
        ask(&house, other.cert.der(), &[&rustls::version::TLS13], &said).is_err(),
        "a stranger's certificate is not believed"
    );
    // A greeting of TLS 1.1 with a cipher of its time: refused by an alert, and by nothing else.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let mut record = vec![22, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    record.extend(hello);
    let mut old = house.connect();
    old.write_all(&record).unwrap();
    let mut answer = Vec::new();
    old.read_to_end(&mut answer).unwrap();
    assert!(answer.len() == 7 && answer[0] == 21 && matches!(answer[6], 40 | 70), "{answer:?}");
    // What is not TLS gets no answer that could be taken for one.
    let plain = house.say(said);
    assert!(plain.status == 0 && !plain.head.contains("http"), "{plain:?}");
}

#[test]
fn a_handshake_that_hangs_keeps_nobody_waiting_and_ends() {
    let (house, trusted) = house();
    let token = house.token("viewer");
    let mut silent: Vec<_> = (0..50).map(|_| house.connect()).collect();
    silent[0].write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
    let (told, _) = ask(&house, &trusted, &[&rustls::version::TLS13], &request("GET", ROOM, &token, "", "")).unwrap();
    assert_eq!(told.status, 200, "{told:?}");
    for stream in &mut silent {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut rest = Vec::new();
        // Shut, or cut: not kept.
        let ended = stream.read_to_end(&mut rest);
        assert!(!ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
}

#[test]
fn a_room_behind_a_private_authority_opens_where_that_is_trusted() {
    let (mut house, _) = house();
    let token = house.token("operator");
    let address = format!("https://localhost:{}", house.address.port());
    let mut review = house.desk.launchroom(&["review", "--room", &address, "--json"]);
    let trusting = review.env("LAUNCHROOM_TOKEN", &token).env("SSL_CERT_FILE", house.desk.path("chain.pem")).output().unwrap();
    assert_eq!(trusting.status.code(), Some(1), "{trusting:?}");
    assert!(String::from_utf8_lossy(&trusting.stdout).contains("\"no_go\""), "{trusting:?}");
    let mut review = house.desk.launchroom(&["review", "--room", &format!("https://127.0.0.1:{}", house.address.port())]);
    let doubting = review.env("LAUNCHROOM_TOKEN", &token).output().unwrap();
    assert_eq!(doubting.status.code(), Some(5), "{doubting:?}");
    assert!(String::from_utf8_lossy(&doubting.stderr).to_lowercase().contains("certificate"), "{doubting:?}");
    // And the other mistake: TLS asked of a server that speaks none.
    let plain = House::open();
    let mut review = plain.desk.launchroom(&["review", "--room", &format!("https://127.0.0.1:{}", plain.address.port())]);
    let lost = review.env("LAUNCHROOM_TOKEN", &token).output().unwrap();
    assert_eq!(lost.status.code(), Some(5), "{lost:?}");
    assert!(String::from_utf8_lossy(&lost.stderr).contains("does not speak TLS"), "{lost:?}");
    let (status, took) = house.stop();
    assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
}
