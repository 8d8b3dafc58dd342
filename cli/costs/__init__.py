"""What a Marquee costs, by its templates and a dated price file: nothing is asked of AWS."""
