//! In which country a link's host is, from a table the operator keeps. Nothing is looked up anywhere: asking a name server
//! about a reported link would tell others of it. What the table does not know, nobody knows.
//!
//! One line an entry, a domain, a network or a range of addresses, white space, and a country (ISO 3166-1, two letters):
//!
//! ```text
//! images.example.net NL
//! 203.0.113.0/24 FI
//! 2001:db8::-2001:db8::ffff SE
//! ```
//!
//! A domain stands for all names below it. `#` begins a line that only people read.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use url::Host;

use crate::location::Location;
use crate::taxonomy::Country;

/// The table.
#[derive(Clone, Debug, Default)]
pub struct HostCountries {
    domains: BTreeMap<String, Country>,
    /// Sorted by their first address; no two overlap.
    ranges: Vec<Range>,
}

/// Neighbouring addresses, both ends included. IPv4 stands as IPv6 (RFC 4291, section 2.5.5.2).
#[derive(Clone, Debug)]
struct Range {
    first: u128,
    last: u128,
    country: Country,
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostsError {
    /// A line is not a host and a country.
    #[error("line {0} is not a domain, network or range of addresses, white space, and a country of two letters")]
    Line(usize),
    /// Two ranges share addresses.
    #[error("the range that begins at {0} overlaps the one before it")]
    Overlap(IpAddr),
}

impl HostCountries {
    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, HostsError> {
        let mut table = Self::default();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            table.add(line).ok_or(HostsError::Line(number))?;
        }
        table.ranges.sort_by_key(|range| range.first);
        let mut neighbours = table.ranges.iter().zip(table.ranges.iter().skip(1));
        match neighbours.find(|(one, next)| one.last >= next.first) {
            Some((_, next)) => Err(HostsError::Overlap(Ipv6Addr::from_bits(next.first).to_canonical())),
            None => Ok(table),
        }
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let (of, country) = line.split_once(char::is_whitespace)?;
        let country = country.trim().parse().ok()?;
        if let Some((first, last)) = network(of).or_else(|| range(of)) {
            self.ranges.push(Range { first, last, country });
            return (first <= last).then_some(());
        }
        let is_domain =
            of.contains('.') && of.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.".contains(letter));
        self.domains.insert(of.to_ascii_lowercase(), country);
        is_domain.then_some(())
    }

    /// The country of a link's host: of the longest of its domains, or of its address.
    pub fn country_of(&self, location: &Location) -> Option<&Country> {
        match location.host()? {
            Host::Domain(name) => {
                let parents = name.match_indices('.').filter_map(|(dot, _)| name.get(dot + 1..));
                std::iter::once(name).chain(parents).find_map(|domain| self.domains.get(domain))
            }
            Host::Ipv4(address) => self.country_at(bits(address.into())),
            Host::Ipv6(address) => self.country_at(bits(address.into())),
        }
    }

    fn country_at(&self, address: u128) -> Option<&Country> {
        let after = self.ranges.partition_point(|range| range.first <= address);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        (address <= range.last).then_some(&range.country)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// `192.0.2.0/24` (RFC 4632, section 3.1); what stands after the prefix does not count.
fn network(text: &str) -> Option<(u128, u128)> {
    let (address, length) = text.split_once('/')?;
    let (address, length): (IpAddr, u32) = (address.parse().ok()?, length.parse().ok()?);
    let most: u32 = if address.is_ipv4() { 32 } else { 128 };
    let free = most.checked_sub(length)?;
    let within = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    let first = bits(address) & !within;
    Some((first, first | within))
}

/// `192.0.2.1-192.0.2.9`, or one address.
fn range(text: &str) -> Option<(u128, u128)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((bits(first.parse().ok()?), bits(last.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(table: &HostCountries, url: &str) -> Option<String> {
        let location: Location = url.parse().expect("a link");
        table.country_of(&location).map(ToString::to_string)
    }

    #[test]
    fn names_below_a_domain_and_addresses_within_a_network_are_found() {
        let table = "# the operator's\nexample.net  NL\nimg.example.net\tDE\n\n203.0.113.0/25\tFI\n203.0.113.200-203.0.113.210\tSE\n\
            2001:4860::/32\tUS\n198.51.100.7\tFR\n";
        let table = HostCountries::parse(table).expect("a table");
        for (url, expected) in [
            ("https://example.net/a", Some("NL")),
            ("https://www.example.net/a", Some("NL")),
            ("https://a.img.example.net/", Some("DE")),
            ("https://notexample.net/", None),
            ("https://net.example/", None),
            ("https://203.0.113.5/x", Some("FI")),
            ("https://203.0.113.128/", None),
            ("https://203.0.113.210/", Some("SE")),
            ("https://203.0.113.211/", None),
            ("https://198.51.100.7/", Some("FR")),
            ("https://[2001:4860:4860::8888]/", Some("US")),
        ] {
            assert_eq!(country(&table, url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named() {
        for (text, wrong) in [
            ("example.net", HostsError::Line(1)),
            ("\n# x\nexample.net\tNetherlands", HostsError::Line(3)),
            ("example\tNL", HostsError::Line(1)),
            ("203.0.113.9-203.0.113.1\tNL", HostsError::Line(1)),
            ("203.0.113.0/33\tNL", HostsError::Line(1)),
            ("203.0.113.0/24\tNL\n203.0.113.7\tFI", HostsError::Overlap("203.0.113.7".parse().expect("an address"))),
        ] {
            assert_eq!(HostCountries::parse(text).expect_err(text), wrong, "{text}");
        }
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        assert_eq!(country(&HostCountries::default(), "https://example.net/"), None);
    }
}
