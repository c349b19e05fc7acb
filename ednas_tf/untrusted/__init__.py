"""Files that come from elsewhere: checked before anything trusts them."""
