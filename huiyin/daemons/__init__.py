"""What keeps running: the processes of the centre and the one that watches them."""
