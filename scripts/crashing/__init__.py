"""What the scripts that kill and compare share."""
