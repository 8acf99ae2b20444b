//! QR codes as inline drawings.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Empty modules round a QR code (ISO/IEC 18004, section 9.1).
pub const QUIET: i32 = 4;

/// The QR code of a text, dark on white in both colour schemes; nothing if the text is too long for one.
pub fn square(text: &str) -> Option<impl IntoView + use<>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET;
    Some(view! {
        <svg viewBox=format!("0 0 {side} {side}") aria-hidden="true" focusable="false" shape-rendering="crispEdges">
            <path fill="#17313b" d=modules(&code) />
        </svg>
    })
}

/// The dark modules as one path, each a unit square.
fn modules(code: &QrCode) -> String {
    let size = code.size();
    (0..size)
        .flat_map(|y| (0..size).map(move |x| (x, y)))
        .filter(|&(x, y)| code.get_module(x, y))
        .map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET))
        .collect()
}
