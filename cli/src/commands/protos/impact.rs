//! How impact is told to people.

use checker::protobuf::impact::Impact;

/// `2 of 14 consumers are affected; the other 12 need no re-test`
pub fn headline(impact: &Impact) -> String {
    let (all, affected) = (impact.consumers.len(), impact.affected().count());
    match (all, affected) {
        (1, 0) => "the only consumer is not affected".to_owned(),
        (1, _) => "the only consumer is affected".to_owned(),
        (_, 0) => format!("none of {all} consumers is affected"),
        (_, 1) if all == affected + 1 => {
            format!("1 of {all} consumers is affected; the other one needs no re-test")
        }
        (_, _) if all == affected => format!("all {all} consumers are affected"),
        (_, 1) => format!(
            "1 of {all} consumers is affected; the other {} need no re-test",
            all - 1
        ),
        (_, _) if all == affected + 1 => {
            format!("{affected} of {all} consumers are affected; the other one needs no re-test")
        }
        (_, _) => format!(
            "{affected} of {all} consumers are affected; the other {} need no re-test",
            all - affected
        ),
    }
}
