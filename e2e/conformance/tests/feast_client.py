"""Run by Feast's own environment, in an empty folder of its own: what Feast writes, and what Feast reads.

    feast_client.py write <redis host:port>      applies, writes one view and materializes the other; prints Feast's own answers
    feast_client.py read <redis host:port>       prints Feast's answers
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.feature_server_utils import convert_response_to_dict
from feast.infra.online_stores.redis import RedisOnlineStoreConfig
from feast.types import Bool, Float32, Float64, Int64

PROJECT = "shop"
VIEWS = {
    "user_stats": [("txn_count", Int64), ("amount", Float64), ("ratio", Float32), ("vip", Bool)],
    "user_week": [("total", Float64), ("orders", Int64)],
    "pair": [("score", Float64)],
    "ours": [("spend", Float64), ("visits", Int64), ("share", Float32), ("vip", Bool)],
}
SECOND = datetime.now(timezone.utc).replace(microsecond=0)
# a time between two seconds, one of hours ago, one of days ago
ROWS = pd.DataFrame(
    {
        "user_id": [1001, -7, 2**53],
        "txn_count": [17, 0, -(2**53)],
        "amount": [0.1, -0.0, 1e300],
        "ratio": [0.1, 1.5, 3e38],
        "vip": [True, False, True],
        "event_timestamp": [SECOND - timedelta(microseconds=877_000), SECOND - timedelta(hours=2), SECOND - timedelta(days=3)],
    }
).astype({"ratio": "float32"})


def store(redis):
    return FeatureStore(
        config=RepoConfig(
            project=PROJECT,
            provider="local",
            registry=str(Path("registry.db").absolute()),
            online_store=RedisOnlineStoreConfig(connection_string=redis),
            entity_key_serialization_version=3,
        )
    )


def apply(feast):
    user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
    shop = Entity(name="shop", join_keys=["shop"], value_type=ValueType.STRING)
    objects = [user, shop]
    for name, fields in VIEWS.items():
        objects.append(
            FeatureView(
                name=name,
                entities=[user, shop] if name == "pair" else [user],
                ttl=timedelta(days=1),
                schema=[Field(name=n, dtype=t) for n, t in fields],
                source=FileSource(path=str(Path(f"{name}.parquet").absolute()), timestamp_field="event_timestamp"),
            )
        )
    objects.append(FeatureService(name="fraud", features=objects[2:4]))
    feast.apply(objects)


def answer(feast, features, entities):
    """As Feast's server writes it."""
    return convert_response_to_dict(feast.get_online_features(features=features, entity_rows=entities).proto)


def main():
    mode, redis = sys.argv[1:]
    feast = store(redis)
    users = [1001, -7, 2**53, 5]
    if mode == "write":
        apply(feast)
        feast.write_to_online_store("user_stats", ROWS)
        week = pd.DataFrame(
            {
                "user_id": [1001, 1001, -7],
                "total": [1.0, 2.5, 0.25],
                "orders": [1, 2, 3],
                "event_timestamp": [SECOND - timedelta(hours=5), SECOND - timedelta(hours=4), SECOND - timedelta(hours=3)],
            }
        )
        week.to_parquet("user_week.parquet")
        feast.materialize(SECOND - timedelta(days=1), SECOND, feature_views=["user_week"])
        feast.write_to_online_store(
            "pair", pd.DataFrame({"user_id": [1001], "shop": ["möbel"], "score": [0.5], "event_timestamp": [SECOND]})
        )
        print(
            json.dumps(
                {
                    "stats": answer(feast, [f"user_stats:{n}" for n, _ in VIEWS["user_stats"]], {"user_id": users}),
                    "week": answer(feast, ["user_week:total", "user_week:orders"], {"user_id": users}),
                    "pair": answer(feast, ["pair:score"], {"user_id": [1001], "shop": ["möbel"]}),
                }
            )
        )
    else:
        both = [f"ours:{n}" for n, _ in VIEWS["ours"]] + ["user_week:total"]
        print(json.dumps(answer(feast, both, {"user_id": users})))


if __name__ == "__main__":
    main()
