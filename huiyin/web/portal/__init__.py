"""The buyer: find, helped, tracked."""
