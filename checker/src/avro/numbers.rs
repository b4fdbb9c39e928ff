//! Numbers in the text forms, in the notation of Java, whose library writes the contract's texts.

use std::fmt;

/// A number of no known type: a whole one as it is, any other as a double.
pub(crate) fn any(text: &str) -> String {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return positive(text).to_owned();
    }
    double(text)
}

/// A number as a double; as it is where it is none, which is finite.
pub(crate) fn double(text: &str) -> String {
    let value = positive(text).parse::<f64>().ok();
    let finite = value.filter(|value| value.is_finite());
    finite.map_or_else(|| text.to_owned(), |value| notation(value.abs(), value))
}

/// A number as a float; as it is where it is none, which is finite.
pub(crate) fn float(text: &str) -> String {
    let value = positive(text).parse::<f32>().ok();
    let finite = value.filter(|value| value.is_finite());
    finite.map_or_else(
        || text.to_owned(),
        |value| notation(f64::from(value.abs()), value),
    )
}

/// Whole numbers have one zero.
fn positive(text: &str) -> &str {
    if text == "-0" { "0" } else { text }
}

/// `Double.toString`: decimal from 10⁻³ to 10⁷, beyond that with an exponent and the shortest digits,
/// but never less than two.
fn notation(size: f64, value: impl fmt::Debug + fmt::UpperExp) -> String {
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let shortest = format!("{value:E}");
    if shortest.contains('.') {
        shortest
    } else {
        format!("{value:.1E}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_java_prints_them() {
        for (text, expected) in [
            ("1.50", "1.5"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1e2", "100.0"),
            ("12345678.0", "1.2345678E7"),
            ("1e10", "1.0E10"),
            ("0.0001", "1.0E-4"),
            ("0.001", "0.001"),
            ("4.9e-324", "4.9E-324"),
            ("1e400", "1e400"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
        ] {
            assert_eq!(any(text), expected);
        }
    }

    #[test]
    fn whole_numbers_of_floats_and_doubles_are_written_as_such() {
        for (text, as_double, as_float) in [
            ("1", "1.0", "1.0"),
            ("-0", "0.0", "0.0"),
            ("-0.0", "-0.0", "-0.0"),
            ("16777217", "1.6777217E7", "1.6777216E7"),
            ("0.1", "0.1", "0.1"),
            ("1e39", "1.0E39", "1e39"),
        ] {
            assert_eq!((&*double(text), &*float(text)), (as_double, as_float));
        }
    }
}
