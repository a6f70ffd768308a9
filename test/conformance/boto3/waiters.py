"""Rolls a service out with boto3, waiting as a deployment script does, and prints what it saw as JSON."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import WaiterError

CLUSTER = SERVICE = FAMILY = "waited"
# The test lets a while of simulated time pass with each look of a waiter; their own fifteen seconds are real.
AT_ONCE = {"Delay": 0, "MaxAttempts": 100}
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}

ecs = boto3.client("ecs")
waiting = boto3.client("ecs", config=Config(user_agent_extra="waiting"))


def wait(name, **subject):
    waiting.get_waiter(name).wait(cluster=CLUSTER, WaiterConfig=AT_ONCE, **subject)


def register(image):
    answer = ecs.register_task_definition(
        family=FAMILY,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": image}],
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def service():
    (found,) = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return found


def tasks():
    pages = ecs.get_paginator("list_tasks").paginate(cluster=CLUSTER, serviceName=SERVICE)
    return [arn for page in pages for arn in page["taskArns"]]


def images(arns):
    found = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
    return sorted(container["image"] for task in found for container in task["containers"])


def failure(name, **subject):
    try:
        wait(name, **subject)
    except WaiterError as error:
        return str(error)


def main():
    seen = {}
    ecs.create_cluster(clusterName=CLUSTER)
    created = ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=register("nginx:1"),
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
    )["service"]
    seen["at first"] = [created["status"], created["runningCount"]]
    wait("services_stable", services=[SERVICE])
    seen["stable"] = [service()["runningCount"], len(service()["deployments"])]
    first = tasks()
    wait("tasks_running", tasks=first)
    seen["running"] = images(first)

    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=register("nginx:2"))
    seen["rolling"] = len(service()["deployments"])
    wait("services_stable", services=[SERVICE])
    seen["rolled"] = images(tasks())
    wait("tasks_stopped", tasks=first)
    stopped = ecs.describe_tasks(cluster=CLUSTER, tasks=first)["tasks"]
    seen["stopped"] = sorted({task["stopCode"] for task in stopped})

    ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)
    seen["deleting"] = service()["status"]
    wait("services_inactive", services=[SERVICE])
    seen["inactive"] = service()["status"]
    seen["stable again"] = failure("services_stable", services=[SERVICE])
    seen["missing"] = failure("services_inactive", services=["absent"])
    print(json.dumps(seen))


main()
