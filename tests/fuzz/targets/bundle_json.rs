//! A bundle: what is read is bounded, and the same each time.
#![no_main]

use launchroom::format::bundle_json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for declared in [false, true] {
        assert_eq!(bundle_json::read(bytes, &[], declared), bundle_json::read(bytes, &[], declared));
    }
});
