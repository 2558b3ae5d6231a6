"""What they bought and putting it right: find → facts → choice → remedy."""
