//! Strings and numbers of a `.proto` text: from the spelling to the value, and of a default's value
//! to the spelling that descriptors have.

use std::fmt::Write as _;

/// Something that is no escape: how far it is right behind the backslash, and what is wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoEscape {
    pub(crate) right: usize,
    pub(crate) message: &'static str,
}

/// Looks at an escape, given the text behind the backslash, and says how long it is at least.
pub(crate) fn escape_length(text: &str) -> Result<usize, NoEscape> {
    let Some(letter) = text.bytes().next() else {
        return Err(NO_ESCAPE);
    };
    let (digits, least, message) = match letter {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'?' | b'\'' | b'"' => {
            return Ok(1);
        }
        b'0'..=b'7' => return Ok(1),
        b'x' | b'X' => ("", 1, "a hexadecimal digit is missing behind `\\x`"),
        b'u' => ("", 4, "`\\u` has four hexadecimal digits"),
        b'U' => (
            "00",
            8,
            "`\\U` has eight hexadecimal digits, up to 0010ffff",
        ),
        _ => return Err(NO_ESCAPE),
    };
    let fits = |(at, byte): &(usize, u8)| match (digits, at) {
        ("00", 0 | 1) => *byte == b'0',
        ("00", 2) => matches!(byte, b'0' | b'1'),
        _ => byte.is_ascii_hexdigit(),
    };
    let found = text.bytes().skip(1).take(least).enumerate();
    let right = 1 + found.take_while(fits).count();
    if right > least {
        Ok(right)
    } else {
        Err(NoEscape { right, message })
    }
}

const NO_ESCAPE: NoEscape = NoEscape {
    right: 0,
    message: "no such escape in a string",
};

/// Undoes the escapes of a string with its quotes; `None` where something is no escape.
///
/// As in `protoc`, the bytes may be no UTF-8: half a surrogate pair has three bytes. What is beyond the
/// last character stays an escape.
pub(crate) fn unescape(literal: &str) -> Option<Vec<u8>> {
    let quote = literal.chars().next().unwrap_or('"');
    let inner = literal.strip_prefix(quote).unwrap_or(literal);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.extend(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let length = escaped(escape, &mut out)?;
        rest = &escape[length..];
    }
    out.extend(rest.as_bytes());
    Some(out)
}

/// Appends what an escape stands for, given the text behind the backslash, and says how long it is.
fn escaped(text: &str, out: &mut Vec<u8>) -> Option<usize> {
    let letter = text.bytes().next()?;
    let plain = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'?' | b'\'' | b'"' => letter,
        b'0'..=b'7' => return octal(text, out),
        b'x' | b'X' => return hexadecimal(text, out),
        b'u' => return unicode(text, 4, out),
        b'U' => return unicode(text, 8, out),
        _ => return None,
    };
    out.push(plain);
    Some(1)
}

/// One to three digits; what is beyond a byte is cut off.
fn octal(text: &str, out: &mut Vec<u8>) -> Option<usize> {
    let digits = text
        .bytes()
        .take(3)
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .count();
    let value = u32::from_str_radix(text.get(..digits)?, 8).ok()?;
    out.push(low_byte(value));
    Some(digits)
}

fn hexadecimal(text: &str, out: &mut Vec<u8>) -> Option<usize> {
    let digits = text
        .bytes()
        .skip(1)
        .take(2)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    out.push(u8::from_str_radix(text.get(1..=digits)?, 16).ok()?);
    Some(1 + digits)
}

fn unicode(text: &str, digits: usize, out: &mut Vec<u8>) -> Option<usize> {
    let hex = text.get(1..=digits)?;
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let first = u32::from_str_radix(hex, 16).ok()?;
    let length = 1 + digits;
    let low = match first {
        0xd800..=0xdbff => text.get(length..).and_then(low_surrogate),
        0..=0x1f_ffff => None,
        _ => return None,
    };
    if let Some(low) = low {
        encode(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00), out);
        return Some(length + 6);
    }
    encode(first, out);
    Some(length)
}

/// A code point as UTF-8 would have it, a character or not; one that is too large by its escape.
fn encode(code: u32, out: &mut Vec<u8>) {
    let last = |shift: u32| 0x80 | low_byte((code >> shift) & 0x3f);
    match code {
        0..=0x7f => out.push(low_byte(code)),
        0x80..=0x7ff => out.extend([0xc0 | low_byte(code >> 6), last(0)]),
        0x800..=0xffff => out.extend([0xe0 | low_byte(code >> 12), last(6), last(0)]),
        0x1_0000..=0x10_ffff => {
            out.extend([0xf0 | low_byte(code >> 18), last(12), last(6), last(0)]);
        }
        _ => out.extend(format!("\\U{code:08x}").as_bytes()),
    }
}

const fn low_byte(value: u32) -> u8 {
    (value & 0xff) as u8
}

fn low_surrogate(text: &str) -> Option<u32> {
    let hex = text.strip_prefix("\\u")?.get(..4)?;
    let low = u32::from_str_radix(hex, 16).ok()?;
    (0xdc00..=0xdfff).contains(&low).then_some(low)
}

/// A whole number as it is spelled; `None` if it is larger than `max`.
pub(crate) fn integer(text: &str, max: u64) -> Option<u64> {
    let value = if let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        u64::from_str_radix(digits, 16)
    } else if text.len() > 1 && text.starts_with('0') {
        u64::from_str_radix(text, 8)
    } else {
        text.parse()
    };
    value.ok().filter(|value| *value <= max)
}

/// A number with a point or an exponent, or a decimal one that no integer holds.
pub(crate) fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The nearest float.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the nearest float is what is asked for"
)]
pub(crate) fn to_float(value: f64) -> f32 {
    value as f32
}

/// A double as descriptors spell it: 15 digits where they say enough, else 17.
pub(crate) fn spell_double(value: f64) -> String {
    spell(value, 15, 17, |text| text.parse() == Ok(value))
}

/// The same for a float, with 6 digits, else 9.
pub(crate) fn spell_float(value: f32) -> String {
    // What is less than the normal numbers is never exact to C, which takes it for an underflow.
    let exact = |text: &str| text.parse() == Ok(value) && !value.is_subnormal();
    spell(f64::from(value), 6, 9, exact)
}

fn spell(value: f64, few: usize, many: usize, exact: impl Fn(&str) -> bool) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let short = general(value, few);
    if exact(&short) {
        short
    } else {
        general(value, many)
    }
}

/// As `printf` does with `%.{digits}g`.
fn general(value: f64, digits: usize) -> String {
    let scientific = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trimmed = |text: &str| {
        let whole = !text.contains('.');
        let text = if whole {
            text
        } else {
            text.trim_end_matches('0')
        };
        text.trim_end_matches('.').to_owned()
    };
    let precision = i32::try_from(digits).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= precision {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(mantissa), exponent.unsigned_abs());
    }
    let decimals = usize::try_from(precision - 1 - exponent).unwrap_or_default();
    trimmed(&format!("{value:.decimals$}"))
}

/// Bytes as descriptors spell a default: printable ASCII stands for itself.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' => out.push_str("\\\""),
            b'\'' => out.push_str("\\'"),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e => out.push(char::from(*byte)),
            // Writing to a `String` cannot fail.
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let undone = |text: &str| unescape(text);
        assert_eq!(
            undone(r#""a\n\x41\101\u00e9\U0001f600\'""#),
            Some("a\nAAé😀'".as_bytes().to_vec())
        );
        assert_eq!(undone(r"'\377\0'"), Some(vec![0xff, 0]));
        for text in [r#""\ud83d\ude00""#, r#""\U0000d83d\ude00""#] {
            assert_eq!(undone(text), Some("😀".as_bytes().to_vec()));
        }
        let half = vec![0xed, 0xa0, 0xbd, b'x'];
        assert_eq!(undone(r#""\ud83dx""#), Some(half));
        assert_eq!(undone(r#""\U00110000""#), Some(br"\U00110000".to_vec()));
    }

    #[test]
    fn what_is_no_escape_is_wrong_where_it_ends() {
        for (escape, right) in [
            ("q", 0),
            ("", 0),
            ("x", 1),
            ("xg", 1),
            ("u12", 3),
            ("u12é4", 3),
            ("U00200000", 3),
            ("U0010fff", 8),
        ] {
            let found = escape_length(escape).map_err(|wrong| wrong.right);
            assert_eq!(found, Err(right), "{escape}");
            assert_eq!(unescape(&format!("\"\\{escape}\"")), None, "{escape}");
        }
        for (escape, length) in [("n", 1), ("777", 1), ("x4g", 2), ("U001fffff", 9)] {
            assert_eq!(escape_length(escape), Ok(length), "{escape}");
        }
    }

    #[test]
    fn numbers_have_three_bases_and_a_limit() {
        for (text, expected) in [
            ("0", Some(0)),
            ("010", Some(8)),
            ("0x1F", Some(31)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
        ] {
            assert_eq!(integer(text, u64::MAX), expected, "{text}");
        }
        assert_eq!(integer("8", 7), None);
    }

    #[test]
    fn numbers_are_spelled_as_c_does() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (1e10, "10000000000"),
            (1e15, "1e+15"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.33333333333333331"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(spell_double(value), expected);
        }
        assert_eq!(spell_float(0.1), "0.1");
        assert_eq!(spell_float(1e-45), "1.40129846e-45");
        assert_eq!(spell_float(16_777_216.0), "16777216");
    }
}
