using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http;

/// <summary>Knows where the frames of a response are to be written. A server may know a shorter way than through all of ASP.NET Core.</summary>
internal interface IEventOutputs
{
    /// <summary>The output of a response that has started. Nothing else may be written to it from now on.</summary>
    PipeWriter Of(HttpContext context);
}

/// <summary>The way that every server knows.</summary>
internal sealed class BodyOutputs : IEventOutputs
{
    public PipeWriter Of(HttpContext context) => context.Response.BodyWriter;
}
