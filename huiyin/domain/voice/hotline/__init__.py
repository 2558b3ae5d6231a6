"""The hotline as people set it up: lines, the draft of the menu and its versions, recorded sentences."""
