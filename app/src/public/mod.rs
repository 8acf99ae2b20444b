//! Pages for whoever comes without an account: reporters, and providers who answer a notice.

mod about;
mod code;
mod figures;
pub mod help;
mod home;
mod leave;
mod my_case;
mod privacy;
mod provider;
mod receipt;
mod report;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};

use crate::App;
use crate::error::{Answer, Failure};
use crate::paths::{
    About, Code, DraftFrames, Help, Home, HomeSlash, Leave, MyCase, MyCaseAdd, MyCaseAppeal, MyCaseClose, MyCaseErase,
    MyCaseEraseSure, MyCaseKeep, MyCaseWrite, OperatorMark, Privacy, ProviderAnswer, PublicFigures, Question, Receipt,
    ReceiptKept, ReceiptPicture, Root, Saved, Start, Url,
};

/// Every public route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(Root::PATTERN, get(home::choose_language))
        .route(Home::PATTERN, get(home::show))
        .route(HomeSlash::PATTERN, get(home::without_slash))
        .route(Leave::PATTERN, get(leave::leave))
        .route(Help::PATTERN, get(help::show))
        .route(Privacy::PATTERN, get(privacy::show))
        .route(About::PATTERN, get(about::show))
        .route(PublicFigures::PATTERN, get(figures::show))
        .route(Start::PATTERN, get(report::start))
        .route(Question::PATTERN, get(report::show).post(report::submit))
        .route(DraftFrames::PATTERN, post(report::frames::keep))
        .route(Receipt::PATTERN, get(receipt::show).post(receipt::saved))
        .route(ReceiptPicture::PATTERN, get(receipt::picture))
        .route(OperatorMark::PATTERN, get(operator_mark))
        .route(ReceiptKept::PATTERN, post(receipt::kept))
        .route(Saved::PATTERN, get(receipt::done))
        .route(Code::PATTERN, get(code::show).post(code::open))
        .route(MyCase::PATTERN, get(my_case::show))
        .route(MyCaseWrite::PATTERN, get(my_case::to_case).post(my_case::write))
        .route(MyCaseAdd::PATTERN, get(my_case::add::show).post(my_case::add::send))
        .route(MyCaseAppeal::PATTERN, get(my_case::appeal::show).post(my_case::appeal::send))
        .route(MyCaseErase::PATTERN, get(my_case::erase::show).post(my_case::erase::choose))
        .route(MyCaseEraseSure::PATTERN, get(my_case::to_case).post(my_case::erase::ask))
        .route(MyCaseKeep::PATTERN, get(my_case::to_case).post(my_case::erase::keep))
        .route(ProviderAnswer::PATTERN, get(provider::show).post(provider::answer))
        .route(MyCaseClose::PATTERN, get(my_case::to_case).post(my_case::close))
}

/// The operator's mark, as a file of ours.
async fn operator_mark(State(app): State<Arc<App>>) -> Answer {
    let mark = app.operator.mark.clone().ok_or(Failure::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, mark.media_type),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    Ok((headers, mark.bytes).into_response())
}
