//! Where something is: a URL, as people paste it, in one normal form.

use std::{fmt, net::IpAddr, str::FromStr};

use unicode_normalization::UnicodeNormalization;
use url::{Host, Url};

/// The most locations of one paste, and of one report.
pub const MOST_LOCATIONS: usize = 100;
/// The most bytes of one location.
pub const LONGEST_LOCATION: usize = 2_048;
/// The most bytes of a host that is worth a closer look: 253 characters, of any script.
const LONGEST_HOST: usize = 1_024;
/// The most characters of a refused text that are repeated to the person.
const SHOWN: usize = 200;

/// An `http` or `https` URL on the public internet, normalised: host in lower case and ASCII, no default port, no
/// parameters that only say who shared the link. The part after `#` stays, because with some hosts it carries the key to
/// the file or names the page. Has no `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Location(Url);

/// Why a text is not a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LocationError {
    /// There is no link in it.
    #[error("this is not a link")]
    NotALink,
    /// A link, but not to a web page.
    #[error("this link does not start with http or https")]
    NotTheWeb,
    /// The link holds a user name or password.
    #[error("this link holds a user name or password")]
    Credentials,
    /// The link leads to the reader's own device or network.
    #[error("this link leads nowhere on the public internet")]
    NotPublic,
    /// The link holds invisible control characters.
    #[error("this link holds control characters")]
    ControlCharacters,
    /// The link has more than [`LONGEST_LOCATION`] bytes.
    #[error("this link is too long")]
    TooLong,
    /// There were [`MOST_LOCATIONS`] links before it.
    #[error("there are too many links")]
    TooMany,
}

/// What a person pasted, sorted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PastedLocations {
    /// The locations, each once, in the order pasted; at most [`MOST_LOCATIONS`].
    pub good: Vec<Location>,
    /// What could not be read, each once, so that it does not disappear silently; at most [`MOST_LOCATIONS`], which is
    /// more than anybody corrects by hand.
    pub bad: Vec<BadLocation>,
}

/// A pasted text that is not a location.
#[derive(Clone, PartialEq, Eq)]
pub struct BadLocation {
    /// The text, cut to 200 characters. Private, as what it was pasted with.
    pub text: String,
    /// Why.
    pub why: LocationError,
}

/// Reads pasted text: links on lines of their own, or separated by spaces or commas, whole or made harmless (`hxxp`,
/// `[.]`), with or without `https://`. Words around a link are passed over; a line without any link is reported back.
pub fn parse_pasted(text: &str) -> PastedLocations {
    let mut pasted = PastedLocations::default();
    for line in text.lines() {
        let candidates: Vec<String> =
            line.split_whitespace().flat_map(links_of).filter(|candidate| looks_like_a_link(candidate)).collect();
        if candidates.is_empty() && line.chars().any(char::is_alphanumeric) {
            pasted.refuse(line, LocationError::NotALink);
        }
        for candidate in candidates {
            match parse_clean(&candidate) {
                Ok(location) => pasted.accept(location, &candidate),
                Err(why) => pasted.refuse(&candidate, why),
            }
        }
    }
    pasted
}

impl PastedLocations {
    fn accept(&mut self, location: Location, typed: &str) {
        if self.good.contains(&location) {
            return;
        }
        if self.good.len() >= MOST_LOCATIONS {
            self.refuse(typed, LocationError::TooMany);
            return;
        }
        self.good.push(location);
    }

    fn refuse(&mut self, text: &str, why: LocationError) {
        let text = text.trim().chars().take(SHOWN).collect();
        let bad = BadLocation { text, why };
        if self.bad.len() < MOST_LOCATIONS && !self.bad.contains(&bad) {
            self.bad.push(bad);
        }
    }
}

impl FromStr for Location {
    type Err = LocationError;

    /// Reads exactly one location, as forgivingly as [`parse_pasted`] does.
    fn from_str(typed: &str) -> Result<Self, LocationError> {
        let typed = typed.trim();
        // A link that reads as it stands is taken as it stands, so that what was stored comes back unchanged.
        parse_clean(typed).or_else(|_| parse_clean(&refang(&without_marks(typed))))
    }
}

impl Location {
    /// The whole normalised URL. Sealed where it is stored; shown to staff only as [`defanged`](Self::defanged).
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The URL in a form that no program takes for a link: `hxxps[:]//example[.]com/page`.
    pub fn defanged(&self) -> String {
        let url = self.0.as_str();
        let Some((scheme, rest)) = url.split_once("://") else {
            return url.replace('.', "[.]");
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let scheme = scheme.replacen("http", "hxxp", 1);
        format!("{scheme}[:]//{}{path}", authority.replace('.', "[.]"))
    }

    /// The host it names.
    pub fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    /// The domain somebody registered, or the address where there is no name: what routing and statistics may read. Names
    /// below it, which may be a person's, are left out, also at hosts that give each user a name of their own
    /// (`anna.blog.example` is `blog.example`).
    pub fn registrable_domain(&self) -> String {
        match self.0.host() {
            Some(Host::Domain(name)) => registrable(name).to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// What two reports of the same page have in common: scheme, a leading `www.`, a slash at the end and the part after
    /// `#` do not count (unless that part is a path, `#!/…` or `#/…`, by which some pages tell what they show).
    pub fn lookup_bytes(&self) -> Vec<u8> {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let port = self.0.port().map_or_else(String::new, |port| format!(":{port}"));
        let path = self.0.path().trim_end_matches('/');
        let query = self.0.query().map_or_else(String::new, |query| format!("?{query}"));
        let fragment = self
            .0
            .fragment()
            .filter(|fragment| fragment.starts_with("!/") || fragment.starts_with('/'))
            .map_or_else(String::new, |fragment| format!("#{fragment}"));
        format!("{host}{port}{path}{query}{fragment}").into_bytes()
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Location(…)")
    }
}

impl fmt::Debug for BadLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BadLocation({:?})", self.why)
    }
}

impl fmt::Debug for PastedLocations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PastedLocations({} good, {} bad)", self.good.len(), self.bad.len())
    }
}

/// The links in a piece of text without spaces: split at commas and semicolons behind which a new link begins, freed of
/// what stands around it.
fn links_of(piece: &str) -> Vec<String> {
    let piece = refang(&without_marks(piece));
    let lower = piece.to_ascii_lowercase();
    let starts = piece.match_indices([',', ';']).map(|(at, _)| at + 1).filter(|&at| {
        let next = lower.get(at..).unwrap_or_default();
        ["http://", "https://", "www."].iter().any(|start| next.starts_with(start))
    });
    let mut links = Vec::new();
    let mut from = 0;
    for at in starts.chain([piece.len()]) {
        let link = piece.get(from..at).unwrap_or_default();
        // What is far too long to be a link is not worth the work.
        let is_plausible = link.len() <= 2 * LONGEST_LOCATION;
        links.push(if is_plausible { without_surroundings(link) } else { link }.to_owned());
        from = at;
    }
    links
}

/// Takes off quotes, brackets and the punctuation of the sentence around a link, and a word stuck to its front
/// (`link:https://…`).
fn without_surroundings(piece: &str) -> &str {
    let mut piece = piece.trim_start_matches(['<', '(', '[', '{', '"', '\'', '«', '“', '„', '‘', '*', '_', ',', ';']);
    loop {
        let closes_nothing = |open: char, close: char| piece.ends_with(close) && !piece.contains(open);
        let is_stray = piece
            .ends_with(['>', '"', '\'', '»', '”', '“', '’', ',', ';', '.', '!', '…', '*', '。', '、', '،'])
            || closes_nothing('(', ')')
            || closes_nothing('[', ']')
            || closes_nothing('{', '}');
        if !is_stray {
            break;
        }
        let mut characters = piece.chars();
        characters.next_back();
        piece = characters.as_str();
    }
    let lower = piece.to_ascii_lowercase();
    let start = lower.find("http://").or_else(|| lower.find("https://")).unwrap_or(0);
    match piece.split_at_checked(start) {
        Some((front, link)) if !front.contains(['/', '?', '#', '.']) => link,
        _ => piece,
    }
}

/// Undoes what people do to links so that nobody clicks them by accident.
fn refang(piece: &str) -> String {
    const DOTS: [&str; 7] = ["[.]", "(.)", "{.}", "[dot]", "(dot)", "[DOT]", "(DOT)"];
    let mut link = piece.to_owned();
    for dot in DOTS {
        link = link.replace(dot, ".");
    }
    for (harmless, real) in [("[://]", "://"), ("[:]", ":"), ("[/]", "/")] {
        link = link.replace(harmless, real);
    }
    let lower = link.to_ascii_lowercase();
    for (harmless, real) in
        [("hxxps://", "https://"), ("hxxp://", "http://"), ("h**ps://", "https://"), ("h**p://", "http://")]
    {
        let front = lower.split_once(harmless).map(|(front, _)| front);
        if let Some(front) = front.filter(|front| !front.contains(['/', '?', '#'])) {
            link.replace_range(front.len()..front.len() + harmless.len(), real);
            break;
        }
    }
    link
}

/// Leaves out the invisible marks that come along when text is copied.
fn without_marks(piece: &str) -> String {
    let is_mark = |character: char| {
        matches!(character, '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    piece.nfc().filter(|&character| !is_mark(character)).collect()
}

/// What stands before the `:` of a URL, if this is one. `example.com:8080` is none.
fn scheme(candidate: &str) -> Option<&str> {
    let (scheme, rest) = candidate.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'));
    let is_port = scheme.contains('.') && rest.starts_with(|next: char| next.is_ascii_digit());
    (is_scheme && !is_port && !rest.is_empty()).then_some(scheme)
}

/// Whether somebody meant this as a link, rather than as a word of the sentence around it.
fn looks_like_a_link(candidate: &str) -> bool {
    const OTHERS: [&str; 10] = ["ftp", "file", "data", "javascript", "mailto", "tel", "magnet", "blob", "tg", "intent"];
    match scheme(candidate) {
        Some(scheme) => candidate.contains("://") || OTHERS.iter().any(|other| other.eq_ignore_ascii_case(scheme)),
        None => is_bare_address(candidate),
    }
}

/// A host without `https://` before it: of a known top-level domain, or an address, or any name with a path behind.
fn is_bare_address(candidate: &str) -> bool {
    let end = candidate.find(['/', '?', '#']).unwrap_or(candidate.len());
    let (authority, rest) = candidate.split_at(end);
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let labels_are_names = host.split('.').all(|label| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || matches!(character, '-' | '_') || is_joiner(character))
    });
    if host.len() > LONGEST_HOST || !host.contains('.') || !labels_are_names {
        return false;
    }
    let ascii = idna_ascii(host);
    let is_known = ascii.is_some_and(|ascii| psl::suffix(ascii.as_bytes()).is_some_and(|suffix| suffix.is_known()));
    let has_letter_at_end = host.rsplit('.').next().is_some_and(|label| label.chars().all(char::is_alphabetic));
    is_known || (has_letter_at_end && rest.starts_with('/'))
}

fn is_joiner(character: char) -> bool {
    // Vowel signs and joiners of Indic and Arabic names are not "alphanumeric".
    unicode_normalization::char::is_combining_mark(character) || matches!(character, '\u{200C}' | '\u{200D}')
}

fn idna_ascii(host: &str) -> Option<String> {
    match Host::parse(host).ok()? {
        Host::Domain(name) => Some(name),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Reads one candidate that was freed of its surroundings.
fn parse_clean(candidate: &str) -> Result<Location, LocationError> {
    if candidate.chars().any(char::is_control) {
        return Err(LocationError::ControlCharacters);
    }
    if candidate.is_empty() || candidate.contains(char::is_whitespace) {
        return Err(LocationError::NotALink);
    }
    if candidate.len() > LONGEST_LOCATION {
        return Err(LocationError::TooLong);
    }
    let mut url = match scheme(candidate) {
        Some(_) => Url::parse(candidate),
        None if is_bare_address(candidate) => Url::parse(&format!("https://{candidate}")),
        None => return Err(LocationError::NotALink),
    }
    .map_err(|_| LocationError::NotALink)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(LocationError::NotTheWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LocationError::Credentials);
    }
    drop_root_dot(&mut url);
    if !is_public(&url) {
        return Err(LocationError::NotPublic);
    }
    drop_tracking(&mut url);
    drop_empty_fragment(&mut url);
    if url.as_str().len() > LONGEST_LOCATION {
        return Err(LocationError::TooLong);
    }
    Ok(Location(url))
}

/// `example.com.` is `example.com`.
fn drop_root_dot(url: &mut Url) {
    let Some(host) = url.host_str().and_then(|host| host.strip_suffix('.')) else {
        return;
    };
    let host = host.to_owned();
    // A host that is nothing but dots stays as it is and is refused as not public.
    let _ = url.set_host(Some(&host));
}

/// Names and addresses that mean something only inside one device or network (RFC 6761, RFC 6762, RFC 6890).
fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            const INNER: [&str; 6] = ["localhost", "local", "internal", "lan", "home", "arpa"];
            let last = name.rsplit('.').next().unwrap_or_default();
            name.contains('.') && !name.split('.').any(str::is_empty) && !INNER.contains(&last)
        }
        Some(Host::Ipv4(address)) => is_public_address(address.into()),
        Some(Host::Ipv6(address)) => {
            let address = address.to_ipv4_mapped().map_or(address.into(), IpAddr::from);
            is_public_address(address)
        }
        None => false,
    }
}

fn is_public_address(address: IpAddr) -> bool {
    let is_inner = match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_link_local()
                || address.is_broadcast()
                || first == 0
                || (first == 100 && (64..128).contains(&second))
                || first >= 240
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    };
    !(is_inner || address.is_loopback() || address.is_unspecified() || address.is_multicast())
}

/// Leaves out parameters that say how, and often by whom, a link was shared. The others keep their order and spelling.
fn drop_tracking(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> =
        query.split('&').filter(|parameter| !parameter.is_empty() && !is_tracking(parameter)).collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

fn is_tracking(parameter: &str) -> bool {
    const NAMES: [&str; 21] = [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "gclsrc",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "_hsmi",
        "_ga",
        "_gl",
        "vero_id",
        "oly_enc_id",
    ];
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || NAMES.contains(&name.as_str())
}

/// Leaves out an empty `#` and browser directives such as `#:~:text=…`, which repeat words of the page.
fn drop_empty_fragment(url: &mut Url) {
    let Some(fragment) = url.fragment() else {
        return;
    };
    let kept = fragment.split(":~:").next().unwrap_or_default().to_owned();
    url.set_fragment((!kept.is_empty()).then_some(kept.as_str()));
}

/// The shortest end of `host` that is not a suffix under which a registry lets anybody register. Suffixes that hosts
/// themselves added to the public suffix list, because each user gets a name there, count as ordinary domains.
fn registrable(host: &str) -> &str {
    let is_registry_suffix = |end: &str| {
        psl::suffix(end.as_bytes())
            .is_some_and(|suffix| suffix.as_bytes() == end.as_bytes() && suffix.typ() != Some(psl::Type::Private))
    };
    host.rmatch_indices('.')
        .filter_map(|(dot, _)| host.get(dot + 1..))
        .find(|end| !is_registry_suffix(end))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str) -> Vec<String> {
        let good = parse_pasted(text).good;
        good.iter().map(|location| location.as_str().to_owned()).collect()
    }

    fn bad(text: &str) -> Vec<(String, LocationError)> {
        let bad = parse_pasted(text).bad;
        bad.into_iter().map(|bad| (bad.text, bad.why)).collect()
    }

    fn location(text: &str) -> Location {
        text.parse().expect("a location")
    }

    #[test]
    fn links_are_found_however_they_are_separated() {
        let expected = ["https://example.com/a", "https://example.org/b", "http://photos.example/c"];
        for text in [
            "https://example.com/a\nhttps://example.org/b\r\nhttp://photos.example/c\n",
            "https://example.com/a https://example.org/b\thttp://photos.example/c",
            "https://example.com/a,https://example.org/b;http://photos.example/c",
            "https://example.com/a, https://example.org/b, http://photos.example/c.",
            "<https://example.com/a> (https://example.org/b) \"http://photos.example/c\"",
            "look https://example.com/a and https://example.org/b !!! then: http://photos.example/c",
            "1)https://example.com/a link:https://example.org/b *http://photos.example/c*",
        ] {
            assert_eq!(good(text), expected, "{text}");
            assert_eq!(bad(text), [], "{text}");
        }
    }

    #[test]
    fn commas_and_brackets_inside_a_link_stay() {
        let text = "https://example.com/a,b?c=1,2 https://example.com/x_(y)";
        assert_eq!(good(text), ["https://example.com/a,b?c=1,2", "https://example.com/x_(y)"]);
    }

    #[test]
    fn harmless_forms_are_understood() {
        for text in [
            "hxxps://example[.]com/a",
            "hXXps[:]//example[.]com/a",
            "hxxps[://]example(dot)com/a",
            "https[:]//example.com[/]a",
            "https://example{.}com/a",
        ] {
            assert_eq!(good(text), ["https://example.com/a"], "{text}");
        }
        let defanged = location("http://sub.example.com:8080/a.html?b=c.d").defanged();
        assert_eq!(defanged, "hxxp[:]//sub[.]example[.]com:8080/a.html?b=c.d");
        assert_eq!(good(&defanged), ["http://sub.example.com:8080/a.html?b=c.d"]);
    }

    #[test]
    fn a_bare_name_becomes_https_and_words_do_not() {
        assert_eq!(good("example.com"), ["https://example.com/"]);
        assert_eq!(good("www.Example.com/A"), ["https://www.example.com/A"]);
        assert_eq!(good("photos.example/x"), ["https://photos.example/x"]);
        assert_eq!(good("example.com:8080/x"), ["https://example.com:8080/x"]);
        assert_eq!(good("203.0.113.5/x"), ["https://203.0.113.5/x"]);
        for words in ["hello", "I saw it e.g. yesterday...", "picture.jpg", "anna@example.com", "3.5", "and/or"] {
            assert_eq!(good(words), [""; 0], "{words}");
            assert_eq!(bad(words), [(words.to_owned(), LocationError::NotALink)]);
        }
        assert_eq!(bad("\n \n---\n"), [], "nothing was said");
    }

    #[test]
    fn one_page_has_one_form() {
        for (typed, normal) in [
            ("HTTPS://EXAMPLE.COM:443/Path", "https://example.com/Path"),
            ("https://example.com./", "https://example.com/"),
            ("https://example.com/a/../b", "https://example.com/b"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
            ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
            ("https://example.com/?utm_source=x&id=7&fbclid=1&b=2", "https://example.com/?id=7&b=2"),
            ("https://example.com/?igsh=abc", "https://example.com/"),
            ("https://example.com/f#key", "https://example.com/f#key"),
            ("https://example.com/f#:~:text=hello", "https://example.com/f"),
            ("\u{200F}https://example.com/\u{202C}", "https://example.com/"),
        ] {
            assert_eq!(good(typed), [normal], "{typed}");
        }
    }

    #[test]
    fn a_page_pasted_twice_counts_once() {
        assert_eq!(good("https://example.com/a example.com/a https://EXAMPLE.com/a?utm_id=1").len(), 1);
    }

    #[test]
    fn each_refusal_says_why() {
        use LocationError::{ControlCharacters, Credentials, NotPublic, NotTheWeb, TooLong};
        let long = format!("https://example.com/{}", "a".repeat(LONGEST_LOCATION));
        let umlauts = format!("https://example.com/{}", "ä".repeat(LONGEST_LOCATION / 3));
        for (text, why) in [
            ("ftp://example.com/a", NotTheWeb),
            ("javascript:alert(1)", NotTheWeb),
            ("data:text/html,x", NotTheWeb),
            ("https://anna:pass@example.com/", Credentials),
            ("https://anna@example.com/", Credentials),
            ("http://localhost/", NotPublic),
            ("http://localhost:3000/a", NotPublic),
            ("http://printer.local/", NotPublic),
            ("http://intranet/", NotPublic),
            ("http://127.0.0.1/", NotPublic),
            ("http://2130706433/", NotPublic),
            ("http://10.1.2.3/", NotPublic),
            ("http://192.168.1.1/", NotPublic),
            ("http://172.16.0.1/", NotPublic),
            ("http://169.254.169.254/", NotPublic),
            ("http://100.64.0.1/", NotPublic),
            ("http://0.0.0.0/", NotPublic),
            ("http://[::1]/", NotPublic),
            ("http://[fd00::1]/", NotPublic),
            ("http://[fe80::1]/", NotPublic),
            ("http://[::ffff:127.0.0.1]/", NotPublic),
            ("https://example.com/\u{7}", ControlCharacters),
            (&long, TooLong),
            (&umlauts, TooLong),
        ] {
            let reasons: Vec<LocationError> = bad(text).into_iter().map(|(_, why)| why).collect();
            assert_eq!(reasons, [why], "{text}");
            assert_eq!(good(text), [""; 0], "{text}");
        }
        assert_eq!(good("http://203.0.113.5/ http://[2001:db8::1]/").len(), 2);
    }

    #[test]
    fn after_a_hundred_the_rest_is_named() {
        let links: Vec<String> = (0..103).map(|page| format!("https://example.com/{page}")).collect();
        let pasted = parse_pasted(&links.join("\n"));
        assert_eq!((pasted.good.len(), pasted.bad.len()), (100, 3));
        assert!(pasted.bad.iter().all(|bad| bad.why == LocationError::TooMany));
    }

    #[test]
    fn a_flood_of_nonsense_is_read_quickly_and_answered_briefly() {
        let lines: Vec<String> = (0..40_000).map(|line| format!("{line}x")).collect();
        let floods = [lines.join("\n"), ")".repeat(250_000), "ä".repeat(120_000), "a.".repeat(120_000)];
        for flood in floods {
            let pasted = parse_pasted(&flood);
            assert!(pasted.good.is_empty() && pasted.bad.len() <= MOST_LOCATIONS);
        }
    }

    #[test]
    fn only_the_registered_name_is_readable() {
        for (text, domain) in [
            ("https://anna.photos.example.com/x", "example.com"),
            ("https://a.b.example.co.uk/", "example.co.uk"),
            ("https://anna.github.io/", "github.io"),
            ("https://photos.example/", "photos.example"),
            ("https://example.com/", "example.com"),
            ("https://203.0.113.5/", "203.0.113.5"),
            ("https://[2001:db8::1]/", "2001:db8::1"),
        ] {
            assert_eq!(location(text).registrable_domain(), domain, "{text}");
        }
    }

    #[test]
    fn the_same_page_is_found_by_the_same_bytes() {
        let same = |one: &str, other: &str| location(one).lookup_bytes() == location(other).lookup_bytes();
        assert!(same("http://www.example.com/a/", "https://example.com/a#comments"));
        assert!(same("https://example.com", "http://example.com/"));
        assert!(!same("https://example.com/a", "https://example.com/A"));
        assert!(!same("https://example.com/a?p=1", "https://example.com/a?p=2"));
        assert!(!same("https://example.com/#!/a", "https://example.com/#!/b"));
        assert!(!same("https://example.com:8080/", "https://example.com/"));
    }

    #[test]
    fn no_text_makes_it_panic_and_what_was_read_reads_again() {
        let pieces = [
            "http",
            "s",
            ":",
            "//",
            "[",
            "]",
            "(",
            ")",
            ".",
            ",",
            "hxxp://",
            "example.com",
            "@",
            "#",
            "?",
            "%",
            "ä",
            "\u{202E}",
            "😢",
            " ",
            "\0",
            "xn--",
            "1",
            "h**p://",
            "[.]",
            "&utm_=",
            "&",
        ];
        let mut state = 1_u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            for location in parse_pasted(&text).good {
                let again = location.as_str().parse::<Location>();
                assert!(again.is_ok_and(|again| again == location), "{text}");
                assert!(!location.registrable_domain().is_empty());
            }
        }
    }
}
