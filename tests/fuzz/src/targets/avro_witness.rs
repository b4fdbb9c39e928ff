//! Verdicts on pairs of valid Avro schemas, executed. An input is a row of choices from which two
//! schemas are grown, then data.

use checker::avro::fuzzing;
use checker::model::{Reader, Writer};
use checker::{Direction, Format, Options, Schema, Verdict, compare};

use crate::choices::Choices;
use crate::{Target, Worth, avro_pairs, laws};

pub(crate) const TARGET: Target = Target {
    name: "avro_witness",
    run,
    show,
    seeds,
    words: &[],
};

/// Data per pair of schemas.
const SAMPLES: usize = 6;

/// How many bytes at the front of an input choose the second schema's changes.
const EDIT_BYTES: usize = 8;

fn run(input: &[u8]) -> Worth {
    let (texts, mut choices) = grow(input);
    let parse = |file, text: &str| laws::parse(Format::Avro, file, text);
    let (Some(old), Some(new)) = (parse("old", &texts[0]), parse("new", &texts[1])) else {
        return Worth::Drop;
    };
    laws::texts_are_fixed_points(&new);
    laws::hold_for_pair(&old, &new);
    let (Schema::Avro(old_avro), Schema::Avro(new_avro)) = (&old, &new) else {
        return Worth::Drop;
    };
    // Bytes that nobody wrote: only that reading them comes to an end.
    fuzzing::read_bytes(Reader(new_avro), Writer(old_avro), choices.rest());
    for direction in [Direction::Backward, Direction::Forward] {
        let comparison = compare(&old, &new, &[direction], &Options::default());
        if comparison.verdict() == Verdict::Compatible {
            let (reader, writer) = direction.roles(old_avro, new_avro);
            data_are_read(reader, writer, &mut choices);
        }
        if fuzzing::all_inhabited(old_avro) && fuzzing::all_inhabited(new_avro) {
            laws::errors_have_witnesses(&comparison);
        }
    }
    Worth::Keep
}

fn show(input: &[u8]) -> String {
    grow(input).0.join("\n---\n")
}

/// Two schemas, and the choices that are left for data.
fn grow(input: &[u8]) -> ([String; 2], Choices<'_>) {
    let (edits, rest) = input.split_at(EDIT_BYTES.min(input.len()));
    let mut choices = Choices::new(rest);
    let texts = avro_pairs::grow(&mut choices, &mut Choices::new(edits));
    (texts, choices)
}

type Avro = checker::avro::Schema;

fn data_are_read(reader: Reader<'_, Avro>, writer: Writer<'_, Avro>, choices: &mut Choices<'_>) {
    for _ in 0..SAMPLES {
        let (reader, writer) = (Reader(reader.0), Writer(writer.0));
        let read = fuzzing::read_generated(reader, writer, &mut |limit| choices.below(limit));
        if let Err(reason) = read {
            panic!("compatible, yet {reason}");
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    // Any bytes are an input: a few dozen with all kinds of choices near their start.
    let byte = |seed: u8, index: u8| {
        index
            .wrapping_mul(seed.wrapping_mul(2) | 1)
            .wrapping_add(seed)
    };
    (0..40u8)
        .map(|seed| (0..120).map(|index| byte(seed, index)).collect())
        .collect()
}
