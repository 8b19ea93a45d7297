//! The portable encoders by hand read behind short strings: never into the next page (H2 of SAFETY.md). Those with AVX-512 read no byte
//! behind what is here, and are held to the same; behind strings in options they do, which are owned and cannot be put here.

#![cfg(not(miri))]

use region::Protection;
use vox_bench::hand;
use vox_bench::workload::slices::ByteRecord;

#[test]
fn h2_bytes_of_every_length_at_the_end_of_a_page_with_nothing_behind_it() {
    let page = region::page::size();
    let mut pages = region::alloc(2 * page, Protection::READ_WRITE).unwrap();
    let start = pages.as_mut_ptr::<u8>();
    // SAFETY: the first of two pages of ours; written before anyone reads.
    let readable = unsafe {
        region::protect(start.add(page), page, Protection::NONE).unwrap();
        for idx in 0..page {
            start.add(idx).write(idx.to_le_bytes()[0] | 1);
        }
        std::slice::from_raw_parts(start, page)
    };
    let forms = [hand::encoder(), hand::portable_encoder()];
    for len in 0..=200 {
        // At the end, and so far before it that wide reads just fit or just do not.
        for behind in (0..=66).chain([128, 129]) {
            let end = page - behind;
            let borrowed = &readable[end - len..end];
            let value = vec![ByteRecord {
                chunks: Vec::new(),
                borrowed,
                boxed: borrowed.into(),
                shared: borrowed.into(),
                views: vec![borrowed; 2],
            }];
            let expected = postcard::to_allocvec(&value).unwrap();
            for encode in forms {
                let mut bytes = Vec::new();
                encode(&value, &mut bytes);
                assert!(bytes == expected, "{len} bytes, {behind} behind them");
            }
        }
    }
}
