//! The macro and its judge: what is wrong fails, and so does a test that asks nothing.

use crate::mode;

codec_test!(
    #[should_panic(expected = "this test judges nothing")]
    fn a_body_that_judges_nothing(_judge: &Judge) {}
);

codec_test!(
    #[should_panic(expected = "seven, interpreter")]
    fn wrong_bytes(judge: &Judge) {
        judge.by_bytes("seven", &7_u8, &[8]);
    }
);

codec_test!(
    /// Attributes reach the test from the short forms too.
    #[should_panic(expected = "7_u8, the walker")]
    a_wrong_twin as twin: (7_u8, 8_u8)
);

codec_test!(
    #[should_panic(expected = "the walker refuses it")]
    a_type_without_an_encoding by walker: std::ptr::null::<u8>()
);

codec_test!(
    #[should_panic(expected = "to_bytes_in encoded it to 1 bytes")]
    a_value_that_is_not_refused refuses: (7_u8, "a text")
);

codec_test!(
    #[should_panic(expected = "no panic")]
    a_value_that_does_not_panic panics: (7_u8, "a text")
);

codec_test!(
    fn every_mode_is_handed_out_once(judge: &Judge) {
        let mut seen = Vec::new();
        judge.in_every_mode("seven", &7_u8, |mode, expected| {
            assert_eq!(expected, [7]);
            seen.push(&mode.name);
        });
        let all: Vec<_> = mode::all().iter().map(|mode| &mode.name).collect();
        assert_eq!(seen, all);
    }
);
