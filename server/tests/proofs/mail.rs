//! Mail as its reader sees it.

use data_encoding::BASE64;

/// A mail's text with quoted-printable read (RFC 2045, section 6.7) and lines of base64 decoded.
pub fn plain_mail(raw: &str) -> String {
    let joined = raw.replace("=\r\n", "");
    let mut text = String::new();
    let mut rest = joined.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        text.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        text.push(byte.map_or('=', char::from));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    text.push_str(rest);
    let lines = joined.lines().filter_map(|line| BASE64.decode(line.trim().as_bytes()).ok());
    text.extend(lines.map(|line| String::from_utf8_lossy(&line).into_owned()));
    text
}

#[test]
fn a_mail_is_read_whatever_its_coding() {
    assert!(plain_mail("a cnry-wo=\r\nrd=C3=A4 b").contains("cnry-word"));
    assert!(plain_mail("Subject: x\r\n\r\nY25yeS13b3Jk\r\n").contains("cnry-word"));
}
