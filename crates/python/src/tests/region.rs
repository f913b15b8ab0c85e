//! The region that code names.

use super::*;

/// The region of the first call of `code`, whose client is made by `client`.
fn region(client: &str) -> Option<String> {
    let code = format!(
        "import boto3, os\n{client}\nc.converse(modelId='m', messages=[{{'role': 'user', 'content': [{{'text': 'hi'}}]}}])"
    );
    let found = read(&[&code]);
    match &found.calls[0].finding {
        Finding::Resolved(call) => call.region.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_code_says_where_its_calls_go() {
    for client in [
        "c = boto3.client('bedrock-runtime', region_name='eu-west-1')",
        "c = boto3.client('bedrock-runtime', 'eu-west-1')",
        "c = boto3.Session(region_name='eu-west-1').client('bedrock-runtime')",
        "c = boto3.session.Session(region_name='eu-west-1').client('bedrock-runtime')",
        "s = boto3.Session(region_name='us-east-2')\nc = s.client('bedrock-runtime', region_name='eu-west-1')",
        "boto3.setup_default_session(region_name='eu-west-1')\nc = boto3.client('bedrock-runtime')",
        "c = boto3.client('bedrock-runtime', region_name=os.environ.get('AWS_REGION', 'eu-west-1'))",
        "os.environ['AWS_REGION'] = 'eu-west-1'\nc = boto3.client('bedrock-runtime')",
        "os.environ['AWS_REGION'] = 'x'\nos.environ['AWS_DEFAULT_REGION'] = 'eu-west-1'\nc = boto3.client('bedrock-runtime')",
    ] {
        assert_eq!(region(client).as_deref(), Some("eu-west-1"), "{client}");
    }
    for client in [
        "c = boto3.client('bedrock-runtime')",
        "c = boto3.client('bedrock-runtime', region_name=input())",
        "c = boto3.client('bedrock-runtime', region_name=os.environ['AWS_REGION'])",
    ] {
        assert_eq!(region(client), None, "{client}");
    }
}
