//! Staff of the demo, signed in.

use std::fs;

use casework::clock::Clock;
use casework::vault::totp::TotpSecret;
use server::system::SystemClock;

use crate::harness::{Browser, Page};
use crate::process::{Installation, Process};

/// Signs an account of the `demo`, or of the `training`, in, as its file says. Gives the page it comes to.
pub async fn sign_in(installation: &Installation, process: &Process, kind: &str, account: usize) -> (Browser, Page) {
    let file = installation.folder.path().join(format!("{kind}-data/sign-ins.toml"));
    let file = fs::read_to_string(file).unwrap();
    let file: toml::Table = toml::from_str(&file).unwrap();
    let staff = file["staff"].as_array().unwrap()[account].as_table().unwrap();
    let known = |key: &str| staff[key].as_str().unwrap().to_owned();
    assert!(process.said.contains(&known("address")) && process.said.contains(&known("password")));

    let digits = TotpSecret::from_bytes(&data_encoding::BASE32_NOPAD.decode(known("secret").as_bytes()).unwrap());
    let digits = digits.unwrap().code_at(SystemClock.now());
    let mut browser = process.browser();
    let fields = [("address", known("address")), ("password", known("password")), ("code", digits)];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = browser.post_and_follow("/en/console/sign-in", &fields).await;
    (browser, page)
}
