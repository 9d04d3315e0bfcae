"""Sample images and sample advisories, all of a made-up distribution, for the first look at a fresh start."""
