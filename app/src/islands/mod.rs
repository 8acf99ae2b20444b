//! The few places where a page does something by itself in the browser. Each works on words given as props.
