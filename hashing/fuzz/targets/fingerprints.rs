#![no_main]

use hashing::{FileFingerprints, Pdq};

// What the server reads of a form: whatever is understood is written back the same.
libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(pdq) = text.parse::<Pdq>() {
        assert_eq!(pdq.to_string(), text.to_lowercase());
    }
    let Ok(fingerprints) = serde_json::from_str::<FileFingerprints>(text) else { return };
    let written = serde_json::to_string(&fingerprints).expect("text and numbers always serialise");
    assert_eq!(serde_json::from_str::<FileFingerprints>(&written).expect("it was just written"), fingerprints);
});
