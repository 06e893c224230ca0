"""Where functions in Node.js find the AWS SDK."""

from __future__ import annotations

from pathlib import Path

from personalize_local.node_sdk import link_sdk


def install(folder: Path, *packages: str) -> Path:
    for package in packages:
        (folder / "node_modules" / package).mkdir(parents=True)
    return folder


def test_link__of_the_first_folder_that_has_the_sdk__leads_there(tmp_path: Path) -> None:
    none, first, second, data = (tmp_path / name for name in ("none", "first", "second", "data"))
    install(none, "ws")
    install(first, "@aws-sdk/client-s3", "@smithy/core", "ws")
    install(second, "@aws-sdk/client-ec2")
    data.mkdir()

    link_sdk(data, [none, first, second])

    links = data / "node_modules"
    assert sorted(path.name for path in links.iterdir()) == ["@aws-sdk", "@smithy"]
    assert (links / "@aws-sdk" / "client-s3").is_dir()
    assert not (links / "@aws-sdk" / "client-ec2").exists()


def test_link__without_an_sdk__is_not_made(tmp_path: Path) -> None:
    link_sdk(tmp_path, [install(tmp_path / "none", "ws")])
    assert not (tmp_path / "node_modules").exists()
