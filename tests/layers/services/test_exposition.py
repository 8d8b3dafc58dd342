"""What Prometheus reads."""

from __future__ import annotations

from marquee.domain.metrics import BUCKETS, series
from marquee.services.exposition import OPENMETRICS, PROMETHEUS, exposition
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

FOUND = {
    'http_requests_total{method="GET",route="/jobs",status="200"}': 3.0,
    'http_requests_total{method="GET",route="/jobs",status="404"}': 1.0,
    'dependency_up{dependency="cache"}': 1.0,
    'flush_seconds_bucket{le="0.05"}': 2.0,
    'flush_seconds_bucket{le="1.0"}': 1.0,
    'flush_seconds_bucket{le="+Inf"}': 1.0,
    "flush_seconds_sum": 12.25,
}


def lines(text: str, family: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"marquee_{family}")]


def test_counters_are_written_with_their_type() -> None:
    text = exposition(FOUND, PROMETHEUS)

    assert "# TYPE marquee_http_requests_total counter\n" in text
    assert lines(text, "http_requests") == [
        'marquee_http_requests_total{method="GET",route="/jobs",status="200"} 3',
        'marquee_http_requests_total{method="GET",route="/jobs",status="404"} 1',
    ]
    assert "# TYPE marquee_dependency_up gauge\n" in text


def test_openmetrics_names_families_without_their_suffix_and_says_where_it_ends() -> None:
    text = exposition(FOUND, OPENMETRICS)

    assert "# TYPE marquee_http_requests counter\n" in text
    assert text.endswith("\n# EOF\n")


def test_buckets_are_added_up_and_never_fall() -> None:
    text = exposition(FOUND, PROMETHEUS)
    counts = [int(line.rsplit(" ", 1)[1]) for line in lines(text, "flush_seconds_bucket")]

    assert "# TYPE marquee_flush_seconds histogram\n" in text
    assert len(counts) == len(BUCKETS) + 1
    assert counts == sorted(counts)
    assert 'marquee_flush_seconds_bucket{le="0.05"} 2\n' in text
    assert 'marquee_flush_seconds_bucket{le="+Inf"} 4\n' in text
    assert "marquee_flush_seconds_sum 12.25\n" in text
    assert "marquee_flush_seconds_count 4\n" in text


def test_a_label_that_only_ends_like_a_bound_is_no_bound() -> None:
    name = series("sign_ins_seconds_bucket", {"role": "admin", "le": "0.5"})
    text = exposition({name: 1.0}, PROMETHEUS)

    assert 'marquee_sign_ins_seconds_bucket{role="admin",le="0.5"} 1\n' in text
    assert 'marquee_sign_ins_seconds_count{role="admin"} 1\n' in text


def test_prometheus_own_parsers_read_both() -> None:
    for parse, form in ((parse_prometheus, PROMETHEUS), (parse_openmetrics, OPENMETRICS)):
        read = {family.name: family for family in parse(exposition(FOUND, form))}
        kinds = {name: family.type for name, family in read.items()}

        assert kinds == {
            "marquee_http_requests": "counter",
            "marquee_dependency_up": "gauge",
            "marquee_flush_seconds": "histogram",
        }
        requests = read["marquee_http_requests"].samples
        assert {(sample.labels["status"], sample.value) for sample in requests} == {("200", 3.0), ("404", 1.0)}
