"""Makes a cluster of the same name in two accounts, two regions and a role, and prints as JSON what each of them sees."""

import json

import boto3
from botocore.exceptions import ClientError


def session(account, region="eu-west-1"):
    return boto3.Session(aws_access_key_id=account, aws_secret_access_key="simulated", region_name=region)


def assumed(source, role):
    credentials = source.client("sts").assume_role(RoleArn=role, RoleSessionName="story")["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="eu-west-1",
    )


def clusters(who):
    return who.client("ecs").list_clusters()["clusterArns"]


def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"], str(error)]


def main():
    one, two = session("111111111111"), session("222222222222")
    elsewhere = session("111111111111", "us-west-2")
    role = assumed(one, "arn:aws:iam::222222222222:role/deployer")
    for who in (one, two, elsewhere):
        who.client("ecs").create_cluster(clusterName="same")
    role.client("ecs").create_cluster(clusterName="by-role")
    seen = {
        "one": clusters(one),
        "two": sorted(clusters(two)),
        "elsewhere": clusters(elsewhere),
        "role": role.client("sts").get_caller_identity()["Arn"],
        "refusal": refusal(lambda: one.client("ecs").delete_cluster(cluster="by-role")),
    }
    print(json.dumps(seen))


main()
