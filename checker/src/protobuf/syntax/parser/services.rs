//! Services and their RPCs.

use crate::protobuf::descriptor::{MethodDescriptorProto, Options, ServiceDescriptorProto};
use crate::protobuf::tag;

use super::super::places::Open;
use super::{Parser, Read};

/// Field numbers of `ServiceDescriptorProto` and `MethodDescriptorProto`.
const NAME: i32 = 1;
const METHOD: i32 = 2;
const OPTIONS: i32 = 3;
const INPUT: i32 = 2;
const OUTPUT: i32 = 3;
const METHOD_OPTIONS: i32 = 4;
const CLIENT_STREAMING: i32 = 5;
const SERVER_STREAMING: i32 = 6;

impl Parser<'_> {
    pub(super) fn service(&mut self) -> Read {
        let index = self.parsed.proto.service.len();
        let place = self.begin_declaration(&[tag::FILE_SERVICE, tag::index(index)]);
        self.advance();
        let mut service = ServiceDescriptorProto::default();
        let read = self.within(place, |this| this.service_content(place, &mut service));
        self.parsed.proto.service.push(service);
        self.end(place);
        read
    }

    fn service_content(&mut self, place: Open, service: &mut ServiceDescriptorProto) -> Read {
        let name = self.named(NAME, |this| {
            this.word("the name of the service is expected here")
        })?;
        service.name = Some(name.to_owned());
        self.end_of_declaration("{", Some(place))?;
        while !self.try_end_of_declaration("}", None) {
            if self.at_end() {
                return Err(self.stop("the text ends within a service, a `}` is missing"));
            }
            if self.service_statement(service).is_err() {
                self.skip_statement();
            }
        }
        Ok(())
    }

    fn service_statement(&mut self, service: &mut ServiceDescriptorProto) -> Read {
        if self.try_end_of_declaration(";", None) {
            return Ok(());
        }
        if self.looking_at("option") {
            let options = service.options.get_or_insert_with(Options::default);
            return self.options_statement(OPTIONS, &mut options.uninterpreted_option);
        }
        let place = self.begin(&[METHOD, tag::index(service.method.len())]);
        let mut method = MethodDescriptorProto::default();
        let read = self.within(place, |this| this.method(place, &mut method));
        service.method.push(method);
        self.end(place);
        read
    }

    fn method(&mut self, place: Open, method: &mut MethodDescriptorProto) -> Read {
        self.consume("rpc")?;
        let name = self.placed(&[NAME], |this| {
            this.word("the name of the RPC is expected here")
        })?;
        method.name = Some(name.to_owned());
        let (streaming, input) = self.method_type(CLIENT_STREAMING, INPUT)?;
        method.client_streaming = streaming.then_some(true);
        method.input_type = Some(input);
        self.consume("returns")?;
        let (streaming, output) = self.method_type(SERVER_STREAMING, OUTPUT)?;
        method.server_streaming = streaming.then_some(true);
        method.output_type = Some(output);
        if self.looking_at("{") {
            return self.method_options(place, method);
        }
        self.end_of_declaration(";", Some(place))
    }

    fn method_type(&mut self, streaming: i32, ty: i32) -> Read<(bool, String)> {
        self.consume("(")?;
        let streams = self.looking_at("stream");
        if streams {
            let place = self.begin(&[streaming]);
            self.advance();
            self.end(place);
        }
        let name = self.placed(&[ty], Self::type_name)?;
        self.consume(")")?;
        Ok((streams, name))
    }

    fn method_options(&mut self, place: Open, method: &mut MethodDescriptorProto) -> Read {
        self.end_of_declaration("{", Some(place))?;
        let options = method.options.get_or_insert_with(Options::default);
        while !self.try_end_of_declaration("}", None) {
            if self.at_end() {
                return Err(self.stop("the text ends within an RPC, a `}` is missing"));
            }
            if self.try_end_of_declaration(";", None) {
                continue;
            }
            if !self.looking_at("option") {
                let _reported = self.expected("option");
                self.skip_statement();
                continue;
            }
            if self
                .options_statement(METHOD_OPTIONS, &mut options.uninterpreted_option)
                .is_err()
            {
                self.skip_statement();
            }
        }
        Ok(())
    }
}
