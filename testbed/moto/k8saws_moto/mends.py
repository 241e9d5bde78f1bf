"""All mends, service by service."""

from __future__ import annotations


def apply() -> None:
    """Puts every mend in place. Called once, before the first request."""
    from k8saws_moto import (
        autoscaling,
        ec2,
        elbv2,
        iam,
        launch_template_versions,
        launch_templates,
        performance,
        route53,
        s3,
        sqs,
        ssm,
        vpc_cidr_blocks,
    )

    for service in (
        performance,
        ec2,
        launch_templates,
        launch_template_versions,
        autoscaling,
        elbv2,
        iam,
        route53,
        s3,
        sqs,
        ssm,
        vpc_cidr_blocks,
    ):
        service.apply()
