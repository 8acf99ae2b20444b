//! The link in a notice's mail by which a provider answers on a page, without an account.
//!
//! It holds the notice, when it ends, and a keyed hash of both: nothing is stored, and every copy of a mail holds the same
//! one. Opening it changes nothing, since mail servers open links to look for harm; only the page's form does. Whoever has
//! the link can answer for the provider, as whoever reads its mailbox could by mail.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::notice::{self, Content, NoticeError};
use crate::reference::Reference;
use crate::taxonomy::NoticeState;
use crate::text::Words;
use crate::vault::{LookupHash, Purpose};
use crate::{Casework, Error};

/// How long a link opens its page: a provider may need a reminder or two.
const LASTS: TimeDelta = TimeDelta::days(90);

/// What a provider may answer.
pub const ANSWERS: [NoticeState; 4] =
    [NoticeState::Received, NoticeState::Removed, NoticeState::Refused, NoticeState::NeedsMore];

/// A link's secret part.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeLink {
    notice: Uuid,
    /// In seconds since 1970.
    ends: u64,
    proof: LookupHash,
}

/// A text that is no link of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a link of ours")]
pub struct NotALink;

impl NoticeLink {
    /// The link of a notice that was approved at this time: the same whenever it is asked for.
    pub(crate) fn new(cw: &Casework, notice: Uuid, approved_at: DateTime<Utc>) -> Self {
        let ends = u64::try_from((approved_at + LASTS).timestamp()).unwrap_or_default();
        Self { notice, ends, proof: proof(cw, notice, ends) }
    }

    /// Its notice, if it is genuine and has not ended.
    fn notice(&self, cw: &Casework) -> Option<Uuid> {
        let expected = proof(cw, self.notice, self.ends);
        let is_genuine: bool = expected.as_bytes().ct_eq(self.proof.as_bytes()).into();
        let now = u64::try_from(cw.now().timestamp()).unwrap_or_default();
        (is_genuine && now < self.ends).then_some(self.notice)
    }
}

fn proof(cw: &Casework, notice: Uuid, ends: u64) -> LookupHash {
    let value = [notice.as_bytes().as_slice(), &ends.to_be_bytes()].concat();
    cw.keys.lookup(Purpose::NoticeLink, &value)
}

impl fmt::Display for NoticeLink {
    /// 75 characters that need no escaping in an address.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.notice.as_bytes().as_slice(), &self.ends.to_be_bytes(), self.proof.as_bytes()].concat();
        formatter.write_str(&BASE64URL_NOPAD.encode(&bytes))
    }
}

impl FromStr for NoticeLink {
    type Err = NotALink;

    fn from_str(text: &str) -> Result<Self, NotALink> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotALink)?;
        let (notice, rest) = bytes.split_first_chunk::<16>().ok_or(NotALink)?;
        let (ends, rest) = rest.split_first_chunk::<8>().ok_or(NotALink)?;
        let proof = LookupHash::try_from(rest.to_vec()).map_err(|_| NotALink)?;
        Ok(Self { notice: Uuid::from_bytes(*notice), ends: u64::from_be_bytes(*ends), proof })
    }
}

/// What a provider is asked.
pub struct Asked {
    /// The case's public name, which stands in the mail too.
    pub reference: Reference,
    /// Who is asked.
    pub provider_name: String,
    /// Where the notice stands.
    pub state: NoticeState,
    /// What it says; none once the provider has answered for good.
    pub content: Option<Content>,
}

impl Asked {
    /// What may be answered now.
    pub fn answers(&self) -> impl Iterator<Item = NoticeState> + '_ {
        ANSWERS.into_iter().filter(|answer| self.state.can_become(*answer))
    }
}

/// Reads what a link is about; nothing, if it is not genuine, has ended, or its notice is gone. Changes nothing.
pub async fn open(cw: &Casework, link: &NoticeLink) -> Result<Option<Asked>, Error> {
    match link.notice(cw) {
        Some(id) => notice::asked(cw, id).await,
        None => Ok(None),
    }
}

/// Writes down what the provider answers. Of a refusal, and of what else is needed, the words say more.
pub async fn answer(
    cw: &Casework,
    link: &NoticeLink,
    to: NoticeState,
    words: Option<&Words>,
) -> Result<(), NoticeError> {
    let id = link.notice(cw).ok_or(NoticeError::Unknown)?;
    if !ANSWERS.contains(&to) {
        return Err(NoticeError::MovedOn);
    }
    notice::answered_by_provider(cw, id, to, words).await
}
