using Microsoft.AspNetCore.Routing;
using Passwindow.Http.Dialects.AgUi;
using Passwindow.Http.Dialects.Anthropic;
using Passwindow.Http.Dialects.DurableStreams;
using Passwindow.Http.Dialects.OpenAIChat;
using Passwindow.Http.Dialects.OpenAIResponses;
using Passwindow.Http.Dialects.UIMessages;

namespace Passwindow.Http.Dialects;

/// <summary>The standard dialects' own endpoints, each below the path that its clients know (contract, section 6).</summary>
internal static class DialectEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        AgUiEndpoints.Map(routes);
        OpenAIChatEndpoints.Map(routes);
        OpenAIResponsesEndpoints.Map(routes);
        DurableStreamsEndpoints.Map(routes);
        UIMessageEndpoints.Map(routes);
        AnthropicEndpoints.Map(routes);
    }
}
