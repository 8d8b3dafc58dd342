"""What encoding costs: Marquee's workers, and its whole system, beside plain ffmpeg."""
