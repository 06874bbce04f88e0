use super::*;

#[test]
fn the_embedded_plan_is_one_that_works() {
    for name in embedded_names() {
        let plan = parse(embedded(name).unwrap(), name).unwrap_or_else(|wrong| panic!("{}", wrong.render()));
        assert_eq!(plan.id, *name);
    }
}
