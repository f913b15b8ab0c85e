//! Requests through libraries and operations that are not read are told all the same.

use super::{read, told};
use tutor_bedrock::found::Finding;

/// The fence, library and model of what is not read.
fn unread(fences: &[&str]) -> Vec<(usize, String, Option<String>)> {
    let calls = read(fences).calls.into_iter();
    let unread = calls.filter_map(|call| match call.finding {
        Finding::Unread(unread) => Some((call.fence, unread.library, unread.model_id)),
        _ => None,
    });
    unread.collect()
}

fn libraries(code: &str) -> Vec<String> {
    unread(&[code]).into_iter().map(|(_, library, _)| library).collect()
}

#[test]
fn a_model_of_a_library_is_followed_to_where_it_is_asked() {
    let found = unread(&[
        "from langchain_aws import ChatBedrockConverse\nfrom langchain_core.prompts import ChatPromptTemplate\nllm = ChatBedrockConverse(model='m', temperature=0)",
        "answer = llm.invoke('one')\nprint(answer.content)",
        "chain = ChatPromptTemplate.from_template('{x}') | llm\ndef ask(x):\n    return chain.invoke({'x': x})",
        "ask('two')\nprint('nothing')",
        "for part in chain.stream({'x': 'three'}):\n    print(part)",
    ]);
    let library = "LangChain (langchain-aws)".to_owned();
    let model = Some("m".to_owned());
    let expected: Vec<_> = [1, 3, 4].map(|fence| (fence, library.clone(), model.clone())).into();
    assert_eq!(found, expected);
}

#[test]
fn a_function_of_a_library_that_nobody_calls_is_told_where_it_stands() {
    let code = "from langchain_aws import ChatBedrock\nclass Bot:\n    def __init__(self):\n        self.llm = ChatBedrock(model_id='m')\n    def ask(self, text):\n        return self.llm.invoke(text)";
    assert_eq!(unread(&[code]).len(), 1);
    assert_eq!(unread(&[code, "bot = Bot()\nbot.ask('x')"])[0].0, 1);
}

#[test]
fn models_go_from_hand_to_hand() {
    let code = "\
from langchain_aws import ChatBedrock, BedrockEmbeddings
from langchain_community.vectorstores import FAISS
from langgraph.graph import StateGraph
def model(): return ChatBedrock(model_id='m')
def agent(state, llm): return {'messages': [llm.invoke(state['messages'])]}
store = FAISS.from_documents(documents, BedrockEmbeddings())
agent({}, model())";
    assert_eq!(unread(&[code]).len(), 2, "{:?}", unread(&[code]));
}

#[test]
fn clients_of_others_count_where_they_are_led_to_bedrock() {
    assert_eq!(libraries("import litellm\nlitellm.completion(model='bedrock/m', messages=[])"), ["LiteLLM"]);
    assert!(libraries("import litellm\nlitellm.completion(model='gpt', messages=[])").is_empty());
    assert_eq!(
        libraries("from litellm import completion\nMODEL = 'bedrock/m'\ncompletion(model=MODEL)"),
        ["LiteLLM"]
    );
    let openai = |url: &str| {
        format!(
            "from openai import OpenAI\nclient = OpenAI(base_url='{url}')\nclient.chat.completions.parse(model='m', messages=[])"
        )
    };
    assert_eq!(libraries(&openai("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1")), ["openai"]);
    assert!(libraries(&openai("http://localhost:1234/v1")).is_empty());
    let environment = "import os\nfrom openai import OpenAI\nos.environ['OPENAI_BASE_URL'] = f'https://bedrock-mantle.{region}.api.aws/v1'\nOpenAI().responses.parse(model='m', input='x')";
    assert_eq!(libraries(environment), ["openai"]);
    assert_eq!(
        libraries("from anthropic import AnthropicBedrock\nAnthropicBedrock().messages.parse(model='m')"),
        ["anthropic"]
    );
    assert_eq!(libraries("from strands import Agent\nagent = Agent()\nagent('hello')"), ["Strands Agents"]);
    assert_eq!(
        libraries("from unheard_of.llms import BedrockThing\nBedrockThing().run('x')"),
        ["unheard_of"]
    );
    assert!(
        libraries("import requests\nr = requests.get('https://example.org')\nr.json().get('x')").is_empty()
    );
    assert_eq!(
        libraries(
            "import requests\nrequests.post('https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse', json={})"
        ),
        ["requests"]
    );
}

#[test]
fn agents_knowledge_bases_and_other_operations_are_told_by_name() {
    let code = "\
import boto3
agents = boto3.client('bedrock-agent-runtime')
agents.invoke_agent(agentId='a', agentAliasId='b', sessionId='c', inputText='hello')
def search(text): return agents.retrieve(knowledgeBaseId='k', retrievalQuery={'text': text})
search('x')
boto3.client('bedrock-runtime').apply_guardrail(guardrailIdentifier='g')
boto3.client('bedrock').list_foundation_models()";
    assert_eq!(told(&read(&[code])), ["unread: InvokeAgent", "unread: Retrieve", "unread: ApplyGuardrail"]);
}

#[test]
fn long_chains_of_calls_are_looked_at_within_bounds() {
    let chain = format!("from langchain_aws import ChatBedrock\nx = y{}", ".get()".repeat(3_000));
    assert!(unread(&[&chain]).is_empty());
}

#[test]
fn what_many_statements_come_by_through_many_functions_is_told_within_bounds() {
    let function = |n| format!("def f{n}(x): return llm.invoke(f{}(x))\n", n + 1);
    let functions = (0..400).map(function).collect::<Vec<_>>().concat();
    let calls = (0..400).map(|n| format!("f{n}(1)\n")).collect::<Vec<_>>().concat();
    let code = format!("from langchain_aws import ChatBedrock\nllm = ChatBedrock()\n{functions}{calls}");
    assert!(unread(&[&code]).len() <= crate::limits::CALLS);
}
