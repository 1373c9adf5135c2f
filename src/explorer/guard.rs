//! Who may ask. A page of another site can make a browser send requests here; it knows neither the token nor can it name
//! this host (a name of its own that points here shows in `Host`).

use std::fmt;
use std::hint::black_box;

use super::http::{Answer, Request};

/// Random bytes of a token.
const BYTES: usize = 24;

/// What a request must show to be answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one from the random numbers of the operating system.
    ///
    /// # Errors
    /// Where the system has none to give.
    pub fn new() -> std::io::Result<Token> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|e| {
            std::io::Error::other(format!("the system gives no random numbers: {e}"))
        })?;
        Ok(Token(bytes.iter().map(|b| format!("{b:02x}")).collect()))
    }

    /// In hexadecimal.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not tell how much is right.
    pub fn is(&self, shown: &str) -> bool {
        let (own, shown) = (self.0.as_bytes(), shown.as_bytes());
        if own.len() != shown.len() {
            return false;
        }
        let pairs = own.iter().zip(shown);
        black_box(pairs.fold(0, |differ, (a, b)| black_box(differ | (a ^ b)))) == 0
    }
}

/// A token does not get into logs by accident.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The header that carries the token.
pub(super) const TOKEN: &str = "x-osmocyte-token";

/// Refuses what no page of ours would send.
pub(super) fn check_origin(request: &Request, port: u16) -> Result<(), Answer> {
    let ours = |authority: &str| {
        let (host, own) = match authority.rsplit_once(':') {
            Some((host, digits)) => (host, digits == port.to_string()),
            None => (authority, port == 80),
        };
        own && (host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost"))
    };
    if !request.header("host").is_some_and(ours) {
        return Err(Answer::refusal(
            403,
            "this server answers to 127.0.0.1 only",
        ));
    }
    let foreign = request
        .header("origin")
        .is_some_and(|origin| !origin.strip_prefix("http://").is_some_and(ours));
    let across = request
        .header("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none");
    // A link from elsewhere may open the page; it may not ask for anything.
    if request.method == "POST" && (foreign || across) {
        return Err(Answer::refusal(403, "another site may not ask here"));
    }
    Ok(())
}

/// Refuses whoever does not know the token.
pub(super) fn check_token(request: &Request, token: &Token) -> Result<(), Answer> {
    match request.header(TOKEN) {
        Some(shown) if token.is(shown) => Ok(()),
        _ => Err(Answer::refusal(
            401,
            "open the address that `osmocyte explore` printed: it has the token",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_random_and_compared_whole() {
        let (a, b) = (Token::new().unwrap(), Token::new().unwrap());
        assert_ne!(a.text(), b.text());
        assert_eq!(a.text().len(), 2 * BYTES);
        assert!(a.is(a.text()));
        assert!(!a.is(b.text()) && !a.is("") && !a.is(&a.text()[1..]));
        assert_eq!(format!("{a:?}"), "Token(…)");
    }
}
