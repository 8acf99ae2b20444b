//! Suoja's own marks and small drawings, as inline SVG.
//!
//! All are decoration: hidden from screen readers, coloured by `style/components/drawings.css` and by the text around
//! them, and geometric on purpose: no faces, no bodies. Each of the larger ones has one warm light in it (class `lamp`).
//! Nothing here carries words, so nothing here needs translating.

use leptos::prelude::*;

/// The mark of Suoja: a house whose door is lit.
pub fn mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path
                fill="currentColor"
                d="M14.6 3.5a2.1 2.1 0 0 1 2.8 0l10.7 9.2a2.6 2.6 0 0 1 .9 2V26a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V14.7a2.6 2.6 0 0 1 .9-2z"
            />
            <path class="lamp" d="M11 29v-8.5a5 5 0 0 1 10 0V29z"/>
        </svg>
    }
}

/// Door "someone is threatening or pressuring me": a shield with a lit door in it.
pub fn door_threat() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path class="lamp" d="M18 32v-9a6 6 0 0 1 12 0v9l-6 4z"/>
            <path d="M24 4 40 10v12c0 11-6.5 18-16 22C14.5 40 8 33 8 22V10z"/>
        </svg>
    }
}

/// Door "a picture or video of me": a framed landscape under a warm sun. Never a person.
pub fn door_picture() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle class="lamp" cx="17" cy="19" r="5"/>
            <rect x="5" y="8" width="38" height="32" rx="7"/>
            <path d="m6 36 10-9 8 7 8-10 10 9"/>
        </svg>
    }
}

/// Door "I saw something": an open eye.
pub fn door_eye() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle class="lamp" cx="24" cy="24" r="7"/>
            <path d="M4 24s7-13 20-13 20 13 20 13-7 13-20 13S4 24 4 24z"/>
            <circle cx="24" cy="24" r="7"/>
        </svg>
    }
}

/// Door "I have a case code": a key.
pub fn door_key() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle class="lamp" cx="16" cy="32" r="4.5"/>
            <circle cx="16" cy="32" r="10"/>
            <path d="M23 25 41 7m-8 8 6 6m-12 0 4 4"/>
        </svg>
    }
}

/// Door "I need to talk to someone": two speech bubbles, one of them lit.
pub fn door_talk() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path class="lamp" d="M24 24h15a5 5 0 0 1 5 5v7a5 5 0 0 1-5 5v5l-6-5h-9a5 5 0 0 1-5-5v-7a5 5 0 0 1 5-5z"/>
            <path d="M14 31v5l-5-5H8a4 4 0 0 1-4-4V10a4 4 0 0 1 4-4h23a4 4 0 0 1 4 4v8"/>
            <path d="M24 24h15a5 5 0 0 1 5 5v7a5 5 0 0 1-5 5v5l-6-5h-9a5 5 0 0 1-5-5v-7a5 5 0 0 1 5-5z"/>
        </svg>
    }
}

/// Safety step "don't pay, don't send more": a raised hand.
pub fn step_stop() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle class="lamp" cx="26" cy="34" r="6"/>
            <path d="M14 27V12a3 3 0 0 1 6 0v10V7a3 3 0 0 1 6 0v15V9a3 3 0 0 1 6 0v14-9a3 3 0 0 1 6 0v18c0 8-5 13-12 13-6 0-9-3-12-8l-6-9c-2-4 2-6 5-3z"/>
        </svg>
    }
}

/// Safety step "keep the messages": a phone with a bookmark in it, not a camera.
pub fn step_keep() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path class="lamp" d="M18 11h12v19l-6-5-6 5z"/>
            <rect x="10" y="3" width="28" height="42" rx="6"/>
            <path d="M18 11h12v19l-6-5-6 5zm3 28h6"/>
        </svg>
    }
}

/// Safety step "report, then block": a flag first, then a barred circle.
pub fn step_report() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path class="lamp" d="M8 7c7-4 12 4 20 0v15c-8 4-13-4-20 0z"/>
            <path d="M8 44V7c7-4 12 4 20 0v15c-8 4-13-4-20 0"/>
            <circle cx="34" cy="35" r="9"/>
            <path d="m28 41 12-12"/>
        </svg>
    }
}

/// Safety step "tell someone": two plain figures under one roof.
pub fn step_tell() -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path d="M4 19 24 4l20 15"/>
            <circle class="lamp" cx="17" cy="25" r="5"/>
            <circle cx="17" cy="25" r="5"/>
            <circle cx="32" cy="28" r="4"/>
            <path d="M7 44v-3a7 7 0 0 1 7-7h6a7 7 0 0 1 7 7v3m0-6a6 6 0 0 1 5-3h1a7 7 0 0 1 7 7v2"/>
        </svg>
    }
}

/// The light around the house. Once a page: it has an id.
fn glow() -> impl IntoView {
    view! {
        <g>
            <radialGradient id="glow">
                <stop class="glow-near" offset="0"/>
                <stop class="glow-far" offset="1"/>
            </radialGradient>
            <circle fill="url(#glow)" cy="-34" r="150"/>
        </g>
    }
}

/// The house, 112 wide, standing on the line `y = 0`, the light of its door before it. Once a page: it has an id.
fn house() -> impl IntoView {
    view! {
        <g>
            <linearGradient id="path" x2="0" y2="1">
                <stop class="path-near" offset="0"/>
                <stop class="glow-far" offset="1"/>
            </linearGradient>
            <path fill="url(#path)" d="M-11 0h22l36 42h-94z"/>
            <path class="roof" d="M22-70v-32h13v42z"/>
            <path class="wall" d="M-44 0v-58L0-96l44 38V0z"/>
            <path class="roof" d="M-54-54 0-101l54 47-2 5L0-92l-52 43z"/>
            <path class="light" d="M-11 0v-25a11 11 0 0 1 22 0V0z"/>
            <path class="light" d="M-33-18v-13a7 7 0 0 1 14 0v13zm52 0v-13a7 7 0 0 1 14 0v13z"/>
            <circle class="light" cy="-66" r="7"/>
        </g>
    }
}

/// Three pines beside the house, standing on the line `y = 0`.
fn pines() -> impl IntoView {
    view! {
        <g class="near">
            <path d="M0-112c11 26 22 66 22 94q-22 14-44 0c0-28 11-68 22-94z"/>
            <path d="M-3-20h6V6h-6z"/>
            <path d="M36-78c9 20 17 46 17 66q-17 11-34 0c0-20 8-46 17-66z"/>
            <path d="M33-14h6V8h-6z"/>
            <path d="M-34-62c7 15 14 38 14 52q-14 9-28 0c0-14 7-37 14-52z"/>
            <path d="M-37-14h6V8h-6z"/>
        </g>
    }
}

/// The first page's picture: far hills, pines, and a lit house on the ground that the page itself is made of.
/// It fills the width it is given and keeps the house in sight at the far end of the line of writing.
pub fn dusk() -> impl IntoView {
    view! {
        <svg class="scene" viewBox="0 0 1600 220" preserveAspectRatio="xMaxYMax slice" aria-hidden="true" focusable="false">
            <path class="far" d="M0 150c180-50 330-64 520-24s330 30 480-18 330-60 600 6v106H0z"/>
            <path class="near" d="M0 178c220-34 420-26 640-6s420 0 560-22 280-16 400 10v60H0z"/>
            <g transform="translate(1196 178)">{pines()}</g>
            <g transform="translate(1552 190)">{pines()}</g>
            <g transform="translate(700 190) scale(.8)">{pines()}</g>
            <g transform="translate(1380 178)">{glow()}</g>
            <path class="ground" d="M0 204c260-24 520-12 760-8s500-22 620-22 160 8 220 16v30H0z"/>
            <g transform="translate(1380 178)">{house()}</g>
        </svg>
    }
}

/// The last page's picture: the same house, near, the evening star above it.
pub fn home_safe() -> impl IntoView {
    view! {
        <svg class="scene" viewBox="0 0 300 260" aria-hidden="true" focusable="false">
            <circle class="star" cx="96" cy="66" r="2"/>
            <circle class="star" cx="214" cy="48" r="1.6"/>
            <path class="star" d="m150 22 3.5 9.5L163 35l-9.5 3.5L150 48l-3.5-9.5L137 35l9.5-3.5z"/>
            <path class="far" d="M0 184c60-30 120-36 180-16s90 6 120-4v96H0z"/>
            <g transform="translate(58 214)">{pines()}</g>
            <g transform="translate(262 218) scale(.8)">{pines()}</g>
            <path class="near" d="M0 220c90-20 200-24 300-6v46H0z"/>
            <g transform="translate(150 214)">{glow()}{house()}</g>
        </svg>
    }
}

/// A tick.
pub fn check() -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="m4 13 5 5L20 6"/></svg> }
}

/// A cross: remove, cancel, "cannot".
pub fn cross() -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="m6 6 12 12M18 6 6 18"/></svg> }
}

/// An arrow to the page before; it turns round where writing runs from right to left.
pub fn arrow_back() -> impl IntoView {
    view! { <svg class="icon flips" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M20 12H5m6-6-6 6 6 6"/></svg> }
}

/// Two sheets: copy.
pub fn copy() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect x="8" y="8" width="13" height="13" rx="3"/>
            <path d="M4.5 16A2 2 0 0 1 3 14V6a3 3 0 0 1 3-3h8a2 2 0 0 1 2 1.5"/>
        </svg>
    }
}

/// A printer.
pub fn print() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M7 8V3h10v5M7 18H5a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-2M7 14h10v7H7z"/>
        </svg>
    }
}

/// A door and an arrow out of it: leave this page.
pub fn leave() -> impl IntoView {
    view! {
        <svg class="icon flips" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M13 3H6a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h7M10 12h11m-4-5 5 5-5 5"/>
        </svg>
    }
}

/// A telephone.
pub fn phone() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M8.5 3H5a2 2 0 0 0-2 2c0 9 7 16 16 16a2 2 0 0 0 2-2v-3.5l-5-2-2 2.5c-2.5-1-5-3.5-6-6L10.5 8z"/>
        </svg>
    }
}

/// A clock: waiting, opening hours, time left.
pub fn clock() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <circle cx="12" cy="12" r="9"/>
            <path d="M12 7v5l3.5 2"/>
        </svg>
    }
}

/// A fingerprint; inside a row of class `file working` its lines grow while the device is counting.
pub fn fingerprint() -> impl IntoView {
    view! {
        <svg class="icon print" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M5 19.5c1-2.5 1-4.5 1-7.5a6 6 0 0 1 12 0c0 2 0 4-.5 6"/>
            <path d="M9 21c1-3 1-5.5 1-9a2 2 0 0 1 4 0c0 3.5-.2 6.5-1.2 9.5"/>
            <path d="M2.5 15c.5-1.5.5-2 .5-3a9 9 0 0 1 18 0c0 1.5 0 2.5-.3 4"/>
        </svg>
    }
}

/// An envelope: mail, messages.
pub fn envelope() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect x="3" y="5" width="18" height="14" rx="3"/>
            <path d="m4 8 8 6 8-6"/>
        </svg>
    }
}

/// A globe: choose a language.
pub fn globe() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <circle cx="12" cy="12" r="9"/>
            <path d="M3 12h18M12 3c6 6 6 12 0 18-6-6-6-12 0-18z"/>
        </svg>
    }
}
