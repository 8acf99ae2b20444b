//! An account somewhere: what a threat comes from, or where an image is shown.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The most characters of a provider's name.
const LONGEST_PROVIDER: usize = 100;
/// The most characters of a handle.
const LONGEST_HANDLE: usize = 200;

/// A provider, if the reporter knew it, and the name somebody has there, as they wrote them. Has no `Debug` of its
/// content.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountHandle {
    provider: Option<String>,
    handle: String,
}

/// Why an account will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The app's or website's name is too long.
    #[error("the name of the app or website is too long")]
    ProviderTooLong,
    /// The account's name is missing.
    #[error("the account's name is missing")]
    HandleMissing,
    /// The account's name is too long.
    #[error("the account's name is too long")]
    HandleTooLong,
}

impl AccountHandle {
    /// Reads what was typed into the two fields: spaces at the ends and control characters are left out. Without a
    /// provider it is not known; without a handle there is no account.
    pub fn parse(provider: &str, handle: &str) -> Result<Self, AccountError> {
        let provider = one_line(provider);
        let handle = one_line(handle);
        if provider.chars().count() > LONGEST_PROVIDER {
            return Err(AccountError::ProviderTooLong);
        }
        if folded_handle(&handle).is_empty() {
            return Err(AccountError::HandleMissing);
        }
        if handle.chars().count() > LONGEST_HANDLE {
            return Err(AccountError::HandleTooLong);
        }
        Ok(Self { provider: (!provider.is_empty()).then_some(provider), handle })
    }

    /// The app or website; none where the reporter does not know it.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// The name of the account, as written.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// What two reports of the same account have in common: case, width of letters and a leading `@` do not count.
    pub fn lookup_bytes(&self) -> Vec<u8> {
        let provider = fold(self.provider().unwrap_or_default());
        let handle = folded_handle(&self.handle);
        [provider.as_bytes(), &[0], handle.as_bytes()].concat()
    }
}

fn one_line(typed: &str) -> String {
    let clean: String = typed
        .nfc()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !character.is_control())
        .collect();
    clean.trim().to_owned()
}

fn folded_handle(handle: &str) -> String {
    fold(handle).trim_start_matches('@').trim_start().to_owned()
}

fn fold(text: &str) -> String {
    let is_mark = |character: &char| matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let folded: String =
        text.nfkc().filter(|character| !is_mark(character)).flat_map(char::to_lowercase).nfkc().collect();
    folded.trim().to_owned()
}

impl fmt::Debug for AccountHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountHandle(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(provider: &str, handle: &str) -> Vec<u8> {
        let account = AccountHandle::parse(provider, handle);
        account.expect("an account").lookup_bytes()
    }

    #[test]
    fn the_same_account_is_found_however_it_is_written() {
        let plain = lookup("Chatter", "anna_99");
        for (provider, handle) in
            [("chatter", "@Anna_99"), (" CHATTER ", " ＡＮＮＡ_99 "), ("Chatter", "\u{200E}@anna_99\u{200F}")]
        {
            assert_eq!(lookup(provider, handle), plain, "{provider} {handle}");
        }
        assert_ne!(lookup("Chatter", "anna_98"), plain);
        assert_ne!(lookup("Other", "anna_99"), plain);
        assert_ne!(lookup("ab", "c"), lookup("a", "bc"));
    }

    #[test]
    fn it_is_kept_as_written() {
        let account = AccountHandle::parse("Chatter", " @Anna\n_99 ").expect("an account");
        assert_eq!((account.provider(), account.handle()), (Some("Chatter"), "@Anna _99"));
        assert!(!format!("{account:?}").contains("Anna"));
    }

    #[test]
    fn the_app_may_be_unknown() {
        let account = AccountHandle::parse(" ", "anna").expect("an account");
        assert_eq!((account.provider(), account.handle()), (None, "anna"));
        assert_ne!(account.lookup_bytes(), lookup("Chatter", "anna"));
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        let error = |provider: &str, handle: &str| AccountHandle::parse(provider, handle).err();
        assert_eq!(error("Chatter", " \0"), Some(AccountError::HandleMissing));
        assert_eq!(error("Chatter", "@"), Some(AccountError::HandleMissing));
        assert_eq!(error(&"a".repeat(101), "anna"), Some(AccountError::ProviderTooLong));
        assert_eq!(error("Chatter", &"a".repeat(201)), Some(AccountError::HandleTooLong));
    }
}
