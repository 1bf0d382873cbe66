using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

public class ModelCatalogTests
{
    private const string OpenAI = "OPENAI_API_KEY=k";
    private const string Anthropic = "ANTHROPIC_API_KEY=k";
    private const string Own = "Passwindow:Providers:own:BaseUrl=http://localhost:1/v1";

    [Theory]
    [InlineData(null, "demo", "demo")]
    [InlineData("demo", "demo", "demo")]
    [InlineData("DEMO", "demo", "demo")]
    [InlineData(null, "openai/gpt-4.1-mini", "gpt-4.1-mini", OpenAI)]
    [InlineData(" ", "openai/gpt-4.1-mini", "gpt-4.1-mini", OpenAI)]
    [InlineData("demo", "demo", "demo", OpenAI)]
    [InlineData("gpt-5", "openai/gpt-5", "gpt-5", OpenAI)]
    [InlineData("openai", "openai/gpt-4.1-mini", "gpt-4.1-mini", OpenAI)]
    [InlineData("OpenAI/gpt-5", "openai/gpt-5", "gpt-5", OpenAI)]
    [InlineData("meta-llama/Llama-3", "openai/meta-llama/Llama-3", "meta-llama/Llama-3", OpenAI)]
    [InlineData("openai/meta-llama/Llama-3", "openai/meta-llama/Llama-3", "meta-llama/Llama-3", OpenAI)]
    [InlineData(null, "openai/gpt-4.1-mini", "gpt-4.1-mini", "OPENAI_BASE_URL=http://localhost:1/v1")]
    [InlineData(null, "anthropic/claude-sonnet-4-5", "claude-sonnet-4-5", Anthropic)]
    [InlineData(null, "openai/gpt-4.1-mini", "gpt-4.1-mini", Anthropic, OpenAI)]
    [InlineData("anthropic/x", "anthropic/x", "x", OpenAI, Anthropic)]
    [InlineData(null, "anthropic/x", "x", OpenAI, Anthropic, "Passwindow:Model=anthropic/x, openai/y")]
    [InlineData("y", "anthropic/y", "y", OpenAI, Anthropic, "Passwindow:Model=anthropic/x")]
    [InlineData(null, "openai/x", "x", OpenAI, Anthropic, "Passwindow:Model=x")]
    [InlineData(null, "demo", "demo", OpenAI, "Passwindow:Model=demo")]
    [InlineData("x", "openai/x", "x", OpenAI, "Passwindow:Model=demo")]
    [InlineData(null, "own/gpt-4.1-mini", "gpt-4.1-mini", Own, OpenAI)]
    [InlineData(null, "own/a", "a", Own, "Passwindow:Providers:own:Models:0=a", "Passwindow:Providers:own:Models:1=b")]
    [InlineData("own/z", "own/z", "z", Own, "Passwindow:Providers:own:Models:0=a")]
    [InlineData(null, "openai/a", "a", OpenAI, "Passwindow:Providers:openai:Models:0=a")]
    [InlineData("llama3", "ollama/llama3", "llama3", "OLLAMA_HOST=localhost")]
    public void A_name_finds_its_model(string? asked, string name, string upstreamModel, params string[] settings)
    {
        using var services = Services(settings);
        var (model, problem) = services.GetRequiredService<ModelCatalog>().Resolve(asked);

        Assert.Null(problem);
        Assert.Equal((name, upstreamModel), (model!.Name, model.UpstreamModel));
    }

    [Theory]
    [InlineData("gpt-5", "There is: demo.")]
    [InlineData("openai/gpt-5", "OPENAI_API_KEY")]
    [InlineData("demo/x", "'demo'")]
    [InlineData(null, "OPENAI_API_KEY", "Passwindow:Demo=false")]
    [InlineData("demo", "Passwindow:Demo", "Passwindow:Demo=false", OpenAI)]
    [InlineData(null, "Passwindow:Model", "OLLAMA_HOST=localhost")]
    [InlineData("ollama/", "ollama/MODEL", "OLLAMA_HOST=localhost")]
    [InlineData("a\nb", "control characters", OpenAI)]
    public void A_name_that_finds_none_says_what_to_do(string? asked, string expected, params string[] settings)
    {
        using var services = Services(settings);
        var (model, problem) = services.GetRequiredService<ModelCatalog>().Resolve(asked);

        Assert.Null(model);
        Assert.Contains(expected, problem);
    }

    [Theory]
    [InlineData("Passwindow:Providers:own:Type", "Passwindow:Providers:own:Type=Gopher")]
    [InlineData("Passwindow:Providers:own:BaseUrl", "Passwindow:Providers:own:BaseUrl=localhost:1/v1")]
    [InlineData("Passwindow:Providers:own:BaseUrl", "Passwindow:Providers:own:BaseUrl=ftp://localhost/v1")]
    [InlineData("Passwindow:Providers:own:BaseUrl", "Passwindow:Providers:own:BaseUrl=http://me:secret@localhost/v1")]
    [InlineData("Passwindow:Providers:own:ApiKey", "Passwindow:Providers:own:ApiKey=a b")]
    [InlineData("Passwindow:Providers:demo", "Passwindow:Providers:demo:ApiKey=k")]
    [InlineData("Passwindow:Providers:a/b", "Passwindow:Providers:a/b:ApiKey=k")]
    [InlineData("chat-client", "Passwindow:Providers:chat-client:ApiKey=k", "client")]
    [InlineData("OPENAI_BASE_URL", "OPENAI_BASE_URL=api.openai.com")]
    [InlineData("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY=k\u00E9y")]
    [InlineData("OLLAMA_HOST", "OLLAMA_HOST=file://x")]
    [InlineData("Passwindow:Model is 'nobody/m'", "Passwindow:Model=nobody/m")]
    [InlineData("Passwindow:Model is 'nobody/m'", "Passwindow:Model=nobody/m", OpenAI)]
    [InlineData("'openai/nobody/m'", "Passwindow:Model=nobody/m", OpenAI)]
    [InlineData("Passwindow:Model is 'nobody/m'", "Passwindow:Model=openai/x, nobody/m", OpenAI)]
    [InlineData("Passwindow:Model is 'nobody/m'", "Passwindow:Model=nobody/m", "OLLAMA_HOST=localhost")]
    [InlineData("Passwindow:Model is 'nobody/m'", "Passwindow:Model=nobody/m", "Passwindow:FindOllama=true")]
    [InlineData("Passwindow:Model is 'ollama/m'", "Passwindow:Model=ollama/m")]
    [InlineData("Passwindow:Model is 'm'", "Passwindow:Model=m")]
    [InlineData("Passwindow:Model is 'demo'", "Passwindow:Model=demo", "Passwindow:Demo=false")]
    [InlineData("Passwindow:Model is 'demo/x'", "Passwindow:Model=demo/x")]
    [InlineData("Passwindow:Suggestions is 'nobody/m'", "Passwindow:Suggestions=nobody/m", OpenAI)]
    [InlineData("Passwindow:Suggestions is 'm'", "Passwindow:Suggestions=m")]
    [InlineData("Passwindow:Suggestions is 'demo'", "Passwindow:Suggestions=demo", "Passwindow:Demo=false")]
    public async Task A_wrong_setting_fails_the_start_and_is_named(string setting, params string[] settings)
    {
        var builder = Builder(settings);
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(setting, failure.Message);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Theory]
    [InlineData("Passwindow:Model= ")]
    [InlineData("Passwindow:Model=demo")]
    [InlineData("Passwindow:Model=gpt-5", OpenAI)]
    [InlineData("Passwindow:Model=openai", OpenAI)]
    [InlineData("Passwindow:Model=OpenAI/meta-llama/Llama-3", OpenAI)]
    [InlineData("Passwindow:Model=a/b", Own, "Passwindow:Providers:own:Models:0=a/b")]
    [InlineData("Passwindow:Model=fast/m, chat-client", "client", "client:fast")]
    [InlineData("Passwindow:Model=ollama", "OLLAMA_HOST=127.0.0.1:1")]
    [InlineData("Passwindow:Model=ollama/hf.co/a/b", "OLLAMA_HOST=127.0.0.1:1")]
    [InlineData("Passwindow:Model=llama3", "OLLAMA_HOST=127.0.0.1:1")]
    [InlineData("Passwindow:Model=ollama/llama3", "Passwindow:FindOllama=true")]
    [InlineData("Passwindow:Model=llama3", "Passwindow:FindOllama=true")]
    [InlineData("Passwindow:Suggestions=ollama/llama3", "Passwindow:FindOllama=true")]
    [InlineData("Passwindow:Suggestions=OFF")]
    [InlineData("Passwindow:Suggestions=demo")]
    [InlineData("Passwindow:Suggestions=openai/small", OpenAI)]
    public async Task A_model_that_can_be_found_now_or_once_an_ollama_answers_starts(params string[] settings)
    {
        using var host = Builder(settings).Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public void Chat_clients_of_the_container_are_providers()
    {
        using var services = Services("client", "client:fast", OpenAI);
        var catalog = services.GetRequiredService<ModelCatalog>();

        Assert.Equal(("chat-client", ""), (catalog.Resolve(null).Model!.Name, catalog.Resolve(null).Model!.UpstreamModel));
        Assert.Equal(("fast/m", "m"), (catalog.Resolve("fast/m").Model!.Name, catalog.Resolve("fast/m").Model!.UpstreamModel));
        Assert.IsType<ChatClientUpstream>(catalog.Resolve("fast").Model!.Upstream);
        Assert.Equal(["chat-client", "fast", "openai/gpt-4.1-mini", "demo"], catalog.Names);
    }

    [Fact]
    public async Task A_key_of_the_environment_does_not_go_to_a_base_of_the_section()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        using var services = Services("OPENAI_API_KEY=secret", $"Passwindow:Providers:openai:BaseUrl={server.BaseAddress}");
        var (text, _, _) = await services.GetRequiredService<ModelCatalog>().Resolve(null).Model!.Upstream.AllAsync();

        Assert.Equal("Hi", text);
        Assert.DoesNotContain(server.Requests[0].Headers.Values, static value => value.Contains("secret"));
    }

    [Fact]
    public async Task Ollama_is_asked_for_its_models_and_the_first_is_its_default()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.RespondAsync(200, """{"models":[{"name":"llama3.2:latest"},{"name":"qwen3"}]}"""));
        server.Next(exchange => exchange.RespondAsync(500, "{}"));
        using var services = Services($"OLLAMA_HOST={server.BaseAddress.Authority}");
        var catalog = services.GetRequiredService<ModelCatalog>();
        await services.GetRequiredService<UpstreamSetup>().Search.StartAsync().WaitAsync(Asking.Patience);

        // At start it was not ready; asking for a default makes it be asked again.
        Assert.Null(catalog.Resolve(null).Model);
        await server.ExchangeAsync(1).WaitAsync(Asking.Patience);
        ResolvedModel? model;
        while ((model = catalog.Resolve(null).Model) is null)
            await Task.Yield();

        Assert.Equal("ollama/llama3.2:latest", model.Name);
        Assert.Equal(["/api/tags", "/api/tags"], server.Requests.Take(2).Select(static request => request.Target));
    }

    [Theory]
    [InlineData(200, """{"models":[]}""", true)]
    [InlineData(200, """{"hello":"world"}""", false)]
    [InlineData(200, "<html>", false)]
    [InlineData(404, "{}", false)]
    public async Task Only_what_answers_as_ollama_does_is_taken_for_one(int status, string body, bool expected)
    {
        await using var server = new ScriptedUpstream(exchange => exchange.RespondAsync(status, body));
        var taken = false;
        var ollama = new Ollama(UpstreamHttp.CreateForLocalSearch(), server.BaseAddress, TimeProvider.System, NullLogger<Ollama>.Instance);
        await new OllamaSearch(null, ollama, found => taken = found == ollama).StartAsync().WaitAsync(Asking.Patience);

        Assert.Equal(expected, taken);
    }

    [Theory]
    [InlineData("localhost", "http://localhost:11434/")]
    [InlineData("localhost:80", "http://localhost/")]
    [InlineData("10.0.0.7:1234", "http://10.0.0.7:1234/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0:99", "http://127.0.0.1:99/")]
    [InlineData(":99", "http://127.0.0.1:99/")]
    [InlineData("[::1]:99", "http://[::1]:99/")]
    [InlineData("http://box", "http://box/")]
    [InlineData("https://box/ollama/", "https://box/ollama/")]
    [InlineData("https://box/ollama", "https://box/ollama/")]
    public void The_variable_of_ollama_is_read_as_it_reads_it(string said, string expected) =>
        Assert.Equal(expected, OllamaHost.Read(Configuration($"OLLAMA_HOST={said}"))!.ToString());

    private static IConfiguration Configuration(params string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Where(static setting => setting.Contains('=')).Select(static setting => setting.Split('=', 2)).GroupBy(static pair => pair[0]).ToDictionary(static same => same.Key, static same => (string?)same.Last()[1]))
        .Build();

    private static HostApplicationBuilder Builder(string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var configuration = Configuration(["Passwindow:FindOllama=false", .. settings]);
        builder.Configuration.AddConfiguration(configuration);
        builder.Services.Configure<PasswindowOptions>(configuration.GetSection("Passwindow"));
        builder.Services.AddLogging();
        builder.Services.AddUpstream();

        // After AddUpstream: the order must not matter.
        foreach (var setting in settings)
        {
            if (setting == "client")
                builder.Services.AddSingleton<IChatClient>(FakeChatClient.Of());
            else if (setting.StartsWith("client:", StringComparison.Ordinal))
                builder.Services.AddKeyedScoped<IChatClient>(setting["client:".Length..], static (_, _) => FakeChatClient.Of());
        }

        return builder;
    }

    private static ServiceProvider Services(params string[] settings) =>
        Builder(settings).Services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
}
