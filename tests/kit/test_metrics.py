"""Metrics as Prometheus reads them."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kith.kit.metrics import JobCount, Metrics
from kith.kit.offload import Offload


def values(text: bytes) -> dict[tuple[str, ...], float]:
    """{(name, label values in order of their names): value}"""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


class TestRequests:
    def test_are_counted_by_surface_method_route_and_status(self) -> None:
        metrics = Metrics()
        for status in (200, 200, 404):
            metrics.request("core", "GET", "/faces/{face_id}", status=status, seconds=0.2)
        found = values(metrics.render((), ()))
        assert found["kith_http_requests_total", "GET", "/faces/{face_id}", "200", "core"] == 2
        assert found["kith_http_requests_total", "GET", "/faces/{face_id}", "404", "core"] == 1
        assert found["kith_http_request_seconds_count", "GET", "/faces/{face_id}", "core"] == 3
        assert found["kith_http_request_seconds_sum", "GET", "/faces/{face_id}", "core"] == pytest.approx(0.6)

    def test_of_two_applications_are_two(self) -> None:
        one, other = Metrics(), Metrics()
        one.request("core", "GET", "/", status=200, seconds=0)
        assert "kith_http_requests_total" not in {name for name, *_ in values(other.render((), ()))}


class TestWork:
    async def test_is_read_from_the_pools(self) -> None:
        pool = Offload(1, 1, "decoding")
        await pool.run(sum, [1, 2])
        await pool.run(sum, [3])
        with pytest.raises(TypeError):
            await pool.run(sorted, None)
        found = values(Metrics().render((pool,), ()))
        await pool.close()
        assert found["kith_work_calls_total", "sum", "decoding"] == 2
        assert found["kith_work_calls_total", "sorted", "decoding"] == 1  # a failure is work too
        assert found["kith_work_seconds_total", "sum", "decoding"] >= 0
        assert found["kith_work_depth", "decoding"] == 0


class TestJobs:
    def test_by_kind_and_state(self) -> None:
        jobs = [JobCount("analyse", "queued", 7), JobCount("analyse", "failed", 1)]
        found = values(Metrics().render((), jobs))
        assert found["kith_jobs", "analyse", "queued"] == 7
        assert found["kith_jobs", "analyse", "failed"] == 1
