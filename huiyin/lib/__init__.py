"""Small tools without business words: clock, money, phone numbers, working time, seals, errors."""
