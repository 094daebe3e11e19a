from builders import NOWHERE, plan_of
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.packers.configuration import configuration
from paredown.plan import Architecture, HealthCheck

BELOW = ImageConfig(
    platform=ImagePlatform(architecture="arm64", variant="v8"),
    environment=(("PATH", "/usr/local/bin:/bin"), ("GPG_KEY", "x"), ("LANG", "POSIX")),
    entrypoint=("/entry.sh",),
    command=("python3",),
    user="root",
    stop_signal="SIGQUIT",
    labels=(("org.opencontainers.image.title", "python"), ("maintainer", "someone")),
)


def made(below=None, **plan):
    return configuration(
        plan_of(**plan),
        architecture=Architecture.AMD64,
        argv=("/usr/bin/python3.13", "-m", "app"),
        health_argv=("/usr/bin/python3.13", "/opt/paredown/health.py"),
        interpreter="/usr/bin/python3.13",
        epoch=86_400,
        below=below,
    )


def test_configuration_starts_the_command_as_the_service_in_its_folder():
    config = made(ports=(8000, 8000, 90), stop_signal="SIGINT")
    assert (config.entrypoint, config.command) == ((), ("/usr/bin/python3.13", "-m", "app"))
    assert (config.user, config.working_directory, config.ports, config.stop_signal) == ("10001:0", "/app", ("8000/tcp", "90/tcp"), "SIGINT")
    assert (str(config.platform), config.created) == ("linux/amd64", "1970-01-02T00:00:00Z")


def test_configuration_finds_the_environment_before_the_base():
    environment = dict(made().environment)
    assert environment["PATH"].split(":")[0] == "/opt/venv/bin"
    assert environment["HOME"] == "/home/app"
    assert environment["PYTHONUNBUFFERED"] == "1"


def test_configuration_lets_the_plan_have_the_last_word():
    config = made(environment=(("LANG", "de_DE.UTF-8"), ("APP_ENV", "production")), labels=(("org.opencontainers.image.title", "Shop"),))
    environment = dict(config.environment)
    assert (environment["LANG"], environment["APP_ENV"]) == ("de_DE.UTF-8", "production")
    assert dict(config.labels)["org.opencontainers.image.title"] == "Shop"


def test_configuration_writes_the_health_check_in_nanoseconds():
    config = made(health=HealthCheck(path="/health", interval=1.5, timeout=2, start_period=3, retries=4, origin=NOWHERE))
    assert config.health.test == ("CMD", "/usr/bin/python3.13", "/opt/paredown/health.py")
    assert (config.health.interval, config.health.timeout, config.health.start_period, config.health.retries) == (
        1_500_000_000,
        2_000_000_000,
        3_000_000_000,
        4,
    )


def test_volumes_are_told_by_their_absolute_paths():
    assert made(volumes=("/data", "uploads/"), working_directory="/app").volumes == ("/app/uploads", "/data")


def test_configuration_without_a_health_check_has_none():
    assert made().health is None


def test_configuration_over_an_image_keeps_its_environment_and_not_its_start():
    config = made(BELOW)
    environment = dict(config.environment)
    assert environment["PATH"] == "/opt/venv/bin:/usr/local/bin:/bin:/usr/bin"
    assert (environment["GPG_KEY"], environment["LANG"]) == ("x", "C.UTF-8")
    assert (config.entrypoint, config.stop_signal, config.user) == ((), "", "10001:0")
    assert config.platform == BELOW.platform


def test_configuration_over_an_image_claims_nothing_that_is_true_only_of_that_image():
    assert dict(made(BELOW).labels) == {
        "maintainer": "someone",
        "org.opencontainers.image.title": "service",
        "org.opencontainers.image.created": "1970-01-02T00:00:00Z",
    }
