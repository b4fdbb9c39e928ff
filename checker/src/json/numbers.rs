//! Exact numbers: what a schema writes as `0.1` is one tenth, and `1e30` is no float.
//!
//! Numbers with more digits or a larger exponent than the limits are refused ([`parse`] gives
//! `None`); what carries them stays undecided. It does not know JSON; see [`super::value`].

use num_bigint::{BigInt, Sign};
use num_rational::Ratio;

/// An exact number.
pub(crate) type Rational = Ratio<BigInt>;

/// The largest decimal exponent, either sign, that is expanded: a power of ten with more digits
/// costs memory and time for nothing that a real schema means.
pub(crate) const MAX_EXPONENT: i64 = 400;

/// The most digits that a number may be written with.
pub(crate) const MAX_DIGITS: usize = 1_000;

/// The number that a JSON number text means; `None` behind the limits.
pub(crate) fn parse(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.len() + fraction.len();
    if digits > MAX_DIGITS || exponent.unsigned_abs() > MAX_EXPONENT.unsigned_abs() {
        return None;
    }
    let scale = exponent - i64::try_from(fraction.len()).ok()?;
    let integer: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let power = BigInt::from(10).pow(u32::try_from(scale.unsigned_abs()).ok()?);
    Some(if scale < 0 {
        Ratio::new(integer, power)
    } else {
        Ratio::from_integer(integer * power)
    })
}

/// A small integer.
pub(crate) fn int(value: i64) -> Rational {
    Ratio::from_integer(BigInt::from(value))
}

/// The decimal text of a number; `None` where it has no finite one, such as a third.
pub(crate) fn to_text(value: &Rational) -> Option<String> {
    if value.is_integer() {
        return Some(value.to_integer().to_string());
    }
    let places = decimal_places(value)?;
    let scaled = value * Ratio::from_integer(BigInt::from(10).pow(places));
    let digits = scaled.to_integer();
    let (sign, digits) = match digits.sign() {
        Sign::Minus => ("-", (-digits).to_string()),
        Sign::NoSign | Sign::Plus => ("", digits.to_string()),
    };
    let places = places as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    Some(format!("{sign}{whole}.{fraction}"))
}

/// How many digits behind the point a number needs: its denominator is 2ᵃ5ᵇ or there are none.
fn decimal_places(value: &Rational) -> Option<u32> {
    let mut rest = value.denom().clone();
    let mut count_of = |prime: u32| {
        let mut count = 0_u32;
        while (&rest % prime) == BigInt::from(0) {
            rest /= prime;
            count += 1;
        }
        count
    };
    let places = count_of(2).max(count_of(5));
    (rest == BigInt::from(1) && i64::from(places) <= 2 * MAX_EXPONENT).then_some(places)
}

/// Whether `value` is an integral multiple of `step`. Nothing but zero is a multiple of zero.
pub(crate) fn is_multiple(value: &Rational, step: &Rational) -> bool {
    if step.numer().sign() == Sign::NoSign {
        return value.numer().sign() == Sign::NoSign;
    }
    (value / step).is_integer()
}

/// The least number that is a multiple of both; both are positive.
pub(crate) fn lcm(a: &Rational, b: &Rational) -> Rational {
    let numer = a.numer() * b.numer() / gcd(a.numer().clone(), b.numer().clone());
    Ratio::new(numer, gcd(a.denom().clone(), b.denom().clone()))
}

fn gcd(mut a: BigInt, mut b: BigInt) -> BigInt {
    while b.sign() != Sign::NoSign {
        let rest = &a % &b;
        a = b;
        b = rest;
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn number(text: &str) -> Rational {
        parse(text).expect("is within the limits")
    }

    #[test]
    fn decimals_are_exact() {
        assert!(is_multiple(&number("3"), &number("0.3")));
        assert!(is_multiple(&number("1e30"), &number("10")));
        assert!(!is_multiple(&number("0.35"), &number("0.1")));
        assert_eq!(number("1.0"), number("1"));
        assert_eq!(number("-12.50E-1"), number("-1.25"));
    }

    #[test]
    fn texts_are_read_back() {
        for text in [
            "0",
            "-1.25",
            "0.001",
            "-0.5",
            "123456789012345678901234567890",
        ] {
            assert_eq!(to_text(&number(text)).as_deref(), Some(text));
        }
        assert_eq!(to_text(&Ratio::new(BigInt::from(1), BigInt::from(3))), None);
    }

    #[test]
    fn the_least_common_multiple_is_exact() {
        assert_eq!(lcm(&number("0.4"), &number("0.6")), number("1.2"));
        assert_eq!(lcm(&number("2"), &number("3")), number("6"));
    }

    #[test]
    fn numbers_behind_the_limits_are_refused() {
        assert_eq!(parse("1e401"), None);
        assert_eq!(parse("1e99999999999999999999"), None);
        assert_eq!(parse(&"9".repeat(MAX_DIGITS + 1)), None);
        assert!(parse("1e-400").is_some());
    }
}
