//! `suoja check`, and starting with the wrong keys or database.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::harness::{MailSink, run};

/// A folder with a configuration whose mail server listens.
async fn installation() -> (TempDir, MailSink) {
    let folder = TempDir::new().unwrap();
    let mail = MailSink::start().await;
    fs::create_dir(folder.path().join("site")).unwrap();
    let configuration = format!(
        "site_folder = 'site'\n[mail]\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\nfrom = 'hotline@example.org'\n",
        mail.port()
    );
    fs::write(folder.path().join("suoja.toml"), configuration).unwrap();
    (folder, mail)
}

async fn check(folder: &Path) -> (i32, String) {
    let folder = folder.to_owned();
    let ended = tokio::task::spawn_blocking(move || run(&folder, &["check"])).await.unwrap();
    (ended.code, ended.out)
}

/// What the first use makes: data, keys and schema.
async fn first_use(folder: &Path) -> (i32, String) {
    let folder = folder.to_owned();
    let create = ["admin", "create", "lead@example.org", "A Lead"];
    let ended = tokio::task::spawn_blocking(move || run(&folder, &create)).await.unwrap();
    (ended.code, ended.out + &ended.complaints)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn looking_makes_nothing() {
    let (folder, _mail) = installation().await;
    let (code, said) = check(folder.path()).await;
    assert!(code == 0 && said.contains("none yet"), "{said}");
    for path in ["data", "keys"] {
        assert!(!folder.path().join(path).exists(), "{path}");
    }
}

#[tokio::test]
async fn a_sound_installation_is_well_and_its_keys_are_closed() {
    let (folder, _mail) = installation().await;
    assert_eq!(first_use(folder.path()).await.0, 0);
    let (code, said) = check(folder.path()).await;
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("WRONG"), "{said}");
    for (path, expected) in [("keys", 0o700), ("keys/server.key", 0o600), ("data", 0o700)] {
        assert_eq!(mode(&folder.path().join(path)), expected, "{path}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_remedy() {
    let (folder, mail) = installation().await;
    let file = folder.path().join("suoja.toml");
    let good = fs::read_to_string(&file).unwrap();

    fs::write(&file, format!("adress = 'x'\n{good}")).unwrap();
    let (code, said) = check(folder.path()).await;
    assert_eq!(code, 1);
    assert!(said.contains("WRONG  configuration") && said.contains("adress"), "{said}");

    fs::write(&file, format!("address = 'http://report.example.org'\n{good}")).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("WRONG  address") && said.contains("https"), "{said}");

    fs::write(&file, good.replace(&mail.port().to_string(), "1")).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("WRONG  mail") && said.contains("can't be reached"), "{said}");

    fs::write(&file, format!("database = 'mysql://x'\n{good}")).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("WRONG  database and keys"), "{said}");
}

#[tokio::test]
async fn keys_and_data_never_lie_together() {
    let (folder, _mail) = installation().await;
    let file = folder.path().join("suoja.toml");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("key_folder = 'data/../data/keys'\n{good}")).unwrap();
    let (code, said) = first_use(folder.path()).await;
    assert!(code == 1 && said.contains("inside the data folder"), "{said}");
    assert!(!folder.path().join("data/keys").exists());
}

#[tokio::test]
async fn a_database_opens_with_its_own_keys_alone() {
    let (folder, _mail) = installation().await;
    assert_eq!(first_use(folder.path()).await.0, 0);
    let key = folder.path().join("keys/server.key");

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("chmod go="), "{said}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    let own = fs::read(&key).unwrap();
    let mut other = own.clone();
    other[10] ^= 1;
    fs::write(&key, other).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("belongs to keys"), "{said}");

    fs::remove_file(&key).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("Bring back the key folder"), "{said}");
    assert!(!key.exists(), "no new keys for an old database");

    fs::write(&key, own).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(check(folder.path()).await.0, 0);
}

#[tokio::test]
async fn real_cases_are_never_opened_as_made_up_ones() {
    let (folder, _mail) = installation().await;
    assert_eq!(first_use(folder.path()).await.0, 0);
    fs::rename(folder.path().join("data"), folder.path().join("demo-data")).unwrap();
    fs::rename(folder.path().join("keys"), folder.path().join("demo-keys")).unwrap();
    let place = folder.path().to_owned();
    let ended = tokio::task::spawn_blocking(move || run(&place, &["demo"])).await.unwrap();
    assert_ne!(ended.code, 0);
    assert!(ended.complaints.contains("holds real cases"), "{}", ended.complaints);
}

#[tokio::test]
async fn a_changed_audit_log_is_found() {
    let (folder, _mail) = installation().await;
    let (code, said) = first_use(folder.path()).await;
    assert!(code == 0 && said.contains("/console/welcome/"), "{said}");
    let (code, said) = check(folder.path()).await;
    assert_eq!(code, 0, "{said}");

    let database = format!("sqlite:{}", folder.path().join("data/suoja.sqlite").display());
    let pool = sqlx::SqlitePool::connect(&database).await.unwrap();
    sqlx::query("UPDATE audit SET subject = 'somebody else' WHERE number = 1").execute(&pool).await.unwrap();
    pool.close().await;
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("row 1 does not follow"), "{said}");
}

#[tokio::test]
async fn an_audit_log_cut_short_is_found() {
    let (folder, _mail) = installation().await;
    assert_eq!(first_use(folder.path()).await.0, 0);
    let elsewhere = casework::audit::Head { number: 40, hash: vec![7; 32] };
    server::audit_head::write(&folder.path().join("data"), &elsewhere).unwrap();
    let (code, said) = check(folder.path()).await;
    assert!(code == 1 && said.contains("rows were cut off"), "{said}");
}
