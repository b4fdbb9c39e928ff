//! The binary encoding of a datum, without header or schema id.

use super::datum::Datum;

/// The bytes that a writer writes for a datum.
pub(crate) fn encode(datum: &Datum) -> Vec<u8> {
    let mut out = Vec::new();
    write(datum, &mut out);
    out
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0xf)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

fn write(datum: &Datum, out: &mut Vec<u8>) {
    match datum {
        Datum::Null | Datum::Absent => {}
        Datum::Boolean(value) => out.push(u8::from(*value)),
        Datum::Int(value) => long(i64::from(*value), out),
        Datum::Long(value) => long(*value, out),
        Datum::Float(value) => out.extend(value.to_le_bytes()),
        Datum::Double(value) => out.extend(value.to_le_bytes()),
        Datum::Bytes(bytes) => sized(bytes, out),
        Datum::String(text) => sized(text.as_bytes(), out),
        Datum::Fixed(bytes) => out.extend(bytes),
        Datum::Enum(index) => size(*index, out),
        Datum::Array(items) => {
            block(items.len(), out);
            for item in items {
                write(item, out);
            }
            end(items.is_empty(), out);
        }
        Datum::Map(entries) => {
            block(entries.len(), out);
            for (key, value) in entries {
                sized(key.as_bytes(), out);
                write(value, out);
            }
            end(entries.is_empty(), out);
        }
        Datum::Union(index, inner) => {
            size(*index, out);
            write(inner, out);
        }
        Datum::Record(fields) => {
            for field in fields {
                write(field, out);
            }
        }
    }
}

/// The count of a block of items; 0 ends the blocks.
fn block(count: usize, out: &mut Vec<u8>) {
    size(count, out);
}

fn end(already_ended: bool, out: &mut Vec<u8>) {
    if !already_ended {
        out.push(0);
    }
}

fn sized(bytes: &[u8], out: &mut Vec<u8>) {
    size(bytes.len(), out);
    out.extend(bytes);
}

fn size(value: usize, out: &mut Vec<u8>) {
    // No collection in memory is longer than `i64::MAX`.
    long(i64::try_from(value).unwrap_or(i64::MAX), out);
}

/// Zigzag, then seven bits a byte, the least significant first.
fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn encodes(datum: &Datum, expected: &str) {
        assert_eq!(hex(&encode(datum)), expected);
    }

    #[test]
    fn numbers_are_zigzag_varints() {
        encodes(&Datum::Long(0), "00");
        encodes(&Datum::Long(-1), "01");
        encodes(&Datum::Int(64), "8001");
        encodes(&Datum::Long(i64::MIN), "ffffffffffffffffff01");
    }

    #[test]
    fn collections_are_blocks_that_end_with_zero() {
        encodes(&Datum::Array(vec![]), "00");
        encodes(&Datum::Array(vec![Datum::Int(1)]), "020200");
        let entry = ("k".to_owned(), Datum::Boolean(true));
        encodes(&Datum::Map(vec![entry]), "02026b0100");
    }
}
