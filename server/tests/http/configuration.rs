//! What an operator is told when something in the configuration is wrong.

use std::fs;

use casework::installation::Kind;
use secrecy::ExposeSecret;
use server::configuration::{Configuration, ConfigurationError};
use tempfile::TempDir;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("suoja.toml");
    fs::write(&file, text).unwrap();
    Configuration::read(Some(&file), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
    read(text, variables).expect_err(text).to_string()
}

#[test]
fn the_example_is_a_configuration() {
    let example = read(include_str!("../../../suoja.toml"), &[]).unwrap();
    assert_eq!(example.address.as_str(), "http://127.0.0.1:7400/");
    assert!(example.mail.is_none());
}

#[test]
fn nothing_at_all_is_a_configuration() {
    assert_eq!(read("", &[]).unwrap().listen.port(), 7400);
}

#[test]
fn an_unknown_key_is_named() {
    assert!(refusal("lisen = '127.0.0.1:80'", &[]).contains("lisen"));
    assert!(refusal("[mail]\nhost = 'localhost'\nfrom = 'a@example.org'\nhots = 1", &[]).contains("hots"));
    assert!(refusal("", &[("SUOJA_OPERATOR__NAEM", "x")]).contains("naem"));
}

#[test]
fn what_makes_no_sense_is_refused_by_its_key() {
    for (text, key) in [
        ("listen = 'nowhere'", "listen"),
        ("address = 'https://example.org/path'", "address"),
        ("address = 'example.org'", "address"),
        ("log = 'loud'", "log"),
        ("[operator]\ncountries = ['Finland']", "operator.countries"),
        ("[operator]\nleave_to = '/away'", "operator.leave_to"),
        ("[operator]\nnotice_mailbox = 'nobody'", "operator.notice_mailbox"),
        ("[operator.privacy_text]\nxx = 'words'", "operator.privacy_text"),
        ("[opening_hours]\ntime_zone = 'Helsinki'", "opening_hours.time_zone"),
        ("[opening_hours]\nmonday = ['9-17']", "opening_hours.monday"),
        ("[opening_hours]\nmonday = ['17:00-09:00']", "opening_hours"),
        ("console_address = 'https://console.example.org'", "console_address"),
        ("console_listen = '127.0.0.1:7400'", "console_listen"),
        ("[operator]\nmark_file = 'mark.gif'", "operator.mark_file"),
        ("[opening_hours]\nholidays = ['2027-02-29']", "opening_hours.holidays"),
        ("[opening_hours]\nmonday = ['65535:65535-1:00']", "opening_hours.monday"),
        ("[limits]\nposts_per_minute = 0", "limits.posts_per_minute"),
        ("[limits]\nproxies = ['proxy']", "limits.proxies"),
        ("[mail]\nhost = 'mail.example.org'\nfrom = 'a@example.org'\ntls = 'none'", "mail.tls"),
        ("[mail]\nhost = 'mail.example.org'\nfrom = 'a@example.org'\nuser = 'a'", "mail.user"),
        ("[mail]\nhost = 'mail.example.org'\nfrom = 'nobody'", "mail.from"),
        ("[limits]\nrequest_seconds = 'soon'", "request_seconds"),
    ] {
        let said = refusal(text, &[]);
        assert!(said.contains(key), "{text}: {said}");
    }
}

#[test]
fn variables_lie_over_the_file() {
    let variables = [
        ("SUOJA_LISTEN", "127.0.0.1:9000"),
        ("SUOJA_OPERATOR__COUNTRIES", "SE, FI"),
        ("SUOJA_OPERATOR__ANSWER_HOURS", "8"),
        ("SUOJA_OPENING_HOURS__MONDAY", "08:00-12:00,13:00-16:00"),
        ("SUOJA_TEST_SOMETHING", "left alone"),
        ("OTHER", "left alone"),
    ];
    let configuration = read("listen = '127.0.0.1:80'", &variables).unwrap();
    assert_eq!(configuration.listen.port(), 9000);
    assert_eq!(configuration.operator.countries, ["SE", "FI"]);
    assert_eq!(configuration.operator.answer_hours, 8);
    assert_eq!(configuration.opening_hours.shifts(chrono::Weekday::Mon).len(), 2);
    assert!(configuration.opening_hours.shifts(chrono::Weekday::Tue).is_empty());
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "hunter2\n").unwrap();
    let file = file.to_str().unwrap();
    let mail = "[mail]\nhost = 'mail.example.org'\nfrom = 'a@example.org'\nuser = 'a'";
    let configuration = read(mail, &[("SUOJA_MAIL__PASSWORD_FILE", file)]).unwrap();
    assert_eq!(configuration.mail.as_ref().unwrap().login.as_ref().unwrap().1.expose_secret(), "hunter2");
    assert!(!format!("{configuration:?}").contains("hunter2"));
    assert!(
        refusal(mail, &[("SUOJA_MAIL__PASSWORD_FILE", file), ("SUOJA_MAIL__PASSWORD", "x")]).contains("mail.password")
    );
    assert!(refusal(mail, &[("SUOJA_MAIL__PASSWORD_FILE", "/no/such/file")]).contains("/no/such/file"));
}

#[test]
fn made_up_cases_live_apart() {
    let real = read("", &[]).unwrap();
    let demo = real.clone().made_up(Kind::Demo, None);
    assert_ne!(real.data_folder, demo.data_folder);
    assert_ne!(real.key_folder, demo.key_folder);
    assert_ne!(real.database.expose_secret(), demo.database.expose_secret());
}
