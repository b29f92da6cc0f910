//! Sentences held against one another, word by word.

/// Of each word of `now`, whether it is new: not among those that `before` has too, in the same order.
pub fn new_words(before: &str, now: &str) -> Vec<bool> {
    let [before, now] = [before, now].map(|text| text.split_whitespace().collect::<Vec<_>>());
    // How many words the rest of one from i on and the rest of the other from j on share in their order.
    let mut shared = vec![vec![0usize; now.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..now.len()).rev() {
            let is_shared = before[i] == now[j];
            let without = shared[i + 1][j].max(shared[i][j + 1]);
            shared[i][j] = if is_shared { shared[i + 1][j + 1] + 1 } else { without };
        }
    }
    let mut are_new = vec![true; now.len()];
    let (mut i, mut j) = (0, 0);
    while i < before.len() && j < now.len() {
        if before[i] == now[j] {
            are_new[j] = false;
            (i, j) = (i + 1, j + 1);
        } else if shared[i + 1][j] >= shared[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    are_new
}

/// Of each word of `said`, whether `wanted` has another one at that place, or none.
pub fn wrong_words(wanted: &str, said: &str) -> Vec<bool> {
    let mut wanted = wanted.split_whitespace();
    said.split_whitespace().map(|word| wanted.next() != Some(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that are lit.
    fn lit<'a>(text: &'a str, are_lit: &[bool]) -> Vec<&'a str> {
        assert_eq!(text.split_whitespace().count(), are_lit.len());
        text.split_whitespace().zip(are_lit).filter_map(|(word, is_lit)| is_lit.then_some(word)).collect()
    }

    #[test]
    fn new_are_the_words_that_are_not_shared_in_their_order() {
        let new = |before, now| lit(now, &new_words(before, now));
        assert!(new("the cat sat", "the cat sat").is_empty());
        assert_eq!(new("the cat sat", "the old cat lay"), ["old", "lay"], "what moves along is no other word");
        assert!(new("the cat sat down", "cat down").is_empty(), "words that go light nothing");
        assert_eq!(new("a b c", "c a b"), ["c"], "the longest that is shared stays");
        assert_eq!(new("the cat", "the the cat"), ["the"], "a word that comes twice is there once already");
        assert_eq!(new("", "the cat"), ["the", "cat"]);
        assert!(new("the cat", "").is_empty());
    }

    #[test]
    fn wrong_are_the_words_that_another_stands_in_the_place_of() {
        let wrong = |wanted, said| lit(said, &wrong_words(wanted, said));
        assert!(wrong("the cat sat", "the cat sat").is_empty());
        assert_eq!(wrong("the cat sat", "the dog sat"), ["dog"]);
        assert_eq!(wrong("the cat", "the cat sat down"), ["sat", "down"], "past the end no word is right");
        assert_eq!(wrong("the cat sat", "cat sat"), ["cat", "sat"], "each at its own place");
        assert!(wrong("the cat sat", "the").is_empty());
    }
}
