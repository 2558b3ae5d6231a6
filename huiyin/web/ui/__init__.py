"""What all faces share: words, layout, tokens, small elements."""
